import pytest

from gis.opening_hours import WeeklySpan, report_hours, weekly_spans

MO, TU, WE, TH, FR, SA, SU = range(7)


def hours(*spans: tuple[int, str, str]) -> tuple[WeeklySpan, ...]:
    """Spans by weekday and clock; hours past 24 are the next day's."""
    return tuple(sorted(WeeklySpan(day, _minutes(start), _minutes(end)) for day, start, end in spans))


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Mo-Fr 09:00-17:00; Sa 10:00-16:00",
            hours(*((day, "9:00", "17:00") for day in range(5)), (SA, "10:00", "16:00")),
        ),
        ("24/7", hours(*((day, "0:00", "24:00") for day in range(7)))),
        ("Mo-Su 00:00-24:00", hours(*((day, "0:00", "24:00") for day in range(7)))),
        ("10:00-18:00", hours(*((day, "10:00", "18:00") for day in range(7)))),
        ("off", ()),
        ("Mo 08:00-12:00,13:00-17:00", hours((MO, "8:00", "12:00"), (MO, "13:00", "17:00"))),
        ("Fr-Sa 20:00-04:00", hours((FR, "20:00", "28:00"), (SA, "20:00", "28:00"))),
        ("Sa 20:00-26:00", hours((SA, "20:00", "26:00"))),
        ("Sa-Mo 10:00-12:00", hours((SA, "10:00", "12:00"), (SU, "10:00", "12:00"), (MO, "10:00", "12:00"))),
        ("Mo, We 9:00-12:00; We off", hours((MO, "9:00", "12:00"))),
        (
            "Mo-Tu 09:00-17:00, Sa 10:00-14:00",
            hours((MO, "9:00", "17:00"), (TU, "9:00", "17:00"), (SA, "10:00", "14:00")),
        ),
        ("Mo 09:00-17:00; PH off", hours((MO, "9:00", "17:00"))),
        ("Su,PH 12:00-18:00", hours((SU, "12:00", "18:00"))),
        ("Th: 09:00 - 17:00;", hours((TH, "9:00", "17:00"))),
        ("Mo 09:00-12:00, Mo 14:00-18:00", hours((MO, "9:00", "12:00"), (MO, "14:00", "18:00"))),
        ("Mo 09:00-12:00, Mo 11:00-18:00", hours((MO, "9:00", "18:00"))),
        ("Mo 09:00-12:00; Mo 14:00-18:00", hours((MO, "14:00", "18:00"))),
    ],
)
def test_common_texts_become_weekly_spans(text: str, expected: tuple[WeeklySpan, ...]) -> None:
    assert weekly_spans(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PH off",
        "by appointment",
        "Mo-Fr",
        "Mo-Fr 25:00-26:00",
        "Mo 09:61-10:00",
        "Mo 10:00-10:00",
        "Mo-Fr 16:00-",
        "17:00+",
        "sunrise-sunset",
        "Jun-Aug Mo 10:00-12:00",
        'Mo 10:00-12:00 "by appointment"',
        "Mo[1] 10:00-12:00",
        "Mo-Su 10:00-20:00 || Su off",
        "Mon-Fri 9am-5pm",
        "\x00",
    ],
)
def test_what_is_not_understood_is_not_guessed(text: str) -> None:
    assert weekly_spans(text) is None


def test_a_report_counts_what_was_understood() -> None:
    report = report_hours(["24/7", "", "by chance", "by chance", "off"])
    assert (report.understood, report.empty, report.unknown) == (2, 1, {"by chance": 2})


@pytest.mark.parametrize("span", [(7, 0, 10), (0, 10, 10), (0, -1, 10), (0, 1440, 1500), (0, 0, 2881)])
def test_a_span_outside_the_week_is_refused(span: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no span of a week"):
        WeeklySpan(*span)
