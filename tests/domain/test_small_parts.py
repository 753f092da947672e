"""Spans, ids, and what a service can promise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import local_time
from server.domain.catalogue import lacking
from server.domain.errors import InvalidField, NotFound, OffGrid, OutsideNotice
from server.domain.ids import BITS, LENGTH, decode, encode
from server.domain.spans import Span, cut
from tests.makers.world import ADVICE, HELSINKI, INSPECTION, NIGHT, NOW, PLANNED_AHEAD, SATURDAY, THURSDAY, at

ENDS = st.integers(-5, 60)
RANGES = st.tuples(ENDS, ENDS).map(lambda pair: (min(pair), max(pair)))


@given(RANGES, st.lists(RANGES, max_size=6))
def test_cutting_leaves_exactly_what_no_hole_has(span: tuple[int, int], holes: list[tuple[int, int]]) -> None:
    parts = cut(span, holes)
    inside = {k for low, high in parts for k in range(low, high)}
    assert inside == set(range(*span)) - {k for low, high in holes for k in range(low, high)}
    assert all(low < high for low, high in parts)
    assert parts == sorted(parts)
    assert len(inside) == sum(high - low for low, high in parts)


@given(RANGES, RANGES)
def test_spans_share_what_their_seconds_share(one: tuple[int, int], other: tuple[int, int]) -> None:
    if one[0] == one[1] or other[0] == other[1]:
        return
    first, second = (Span(NOW + timedelta(seconds=low), NOW + timedelta(seconds=high)) for low, high in (one, other))
    shared = set(range(*one)) & set(range(*other))
    both = first.intersection(second)
    assert (both.seconds if both else 0) == len(shared)
    assert first.overlaps(second) == bool(shared)


@pytest.mark.parametrize("end", [NOW, NOW - timedelta(seconds=1), datetime(2026, 3, 25, 7)])  # noqa: DTZ001
def test_a_span_that_does_not_end_after_it_starts_or_has_no_zone_is_refused(end: datetime) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(NOW, end)


@given(st.integers(0, (1 << BITS) - 1))
def test_every_id_survives_its_name(number: int) -> None:
    text = encode(number)
    assert len(text) == LENGTH
    assert decode(f"bookings/{text}", "booking") == number


@given(st.text(max_size=20))
def test_a_name_that_nobody_gave_is_not_found(text: str) -> None:
    try:
        number = decode(f"bookings/{text}", "booking")
    except NotFound:
        return
    assert encode(number) == text.rpartition("/")[2], "two names for one thing"


@pytest.mark.parametrize("number", [-1, 1 << BITS])
def test_a_number_out_of_range_gets_no_name(number: int) -> None:
    with pytest.raises(ValueError, match="not in"):
        encode(number)


def test_a_promise_must_begin_on_the_grid() -> None:
    assert ADVICE.must_offer(at(THURSDAY, 9, 30), NOW, HELSINKI).seconds == 1
    assert INSPECTION.must_offer(at(THURSDAY, 9), NOW, HELSINKI).seconds == 7_200
    for wrong in (at(THURSDAY, 9, 31), at(THURSDAY, 9) + timedelta(seconds=1)):
        with pytest.raises(OffGrid, match="SearchSlots"):
            ADVICE.must_offer(wrong, NOW, HELSINKI)


def test_an_hour_that_the_clocks_skip_is_promised_to_nobody() -> None:
    sunday = date(2026, 3, 29)
    promises = [promise.start.astimezone(HELSINKI).hour for promise in NIGHT.promises(sunday, HELSINKI)]
    assert 3 not in promises
    assert len(promises) == 46
    assert local_time.midnight_span(SATURDAY, HELSINKI).seconds == 24 * 3_600


def test_the_second_of_two_equal_hours_is_promised_to_nobody() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    service, now = replace(NIGHT, horizon_days=400), first - timedelta(days=3)
    assert service.must_offer(first, now, HELSINKI)
    with pytest.raises(OffGrid):
        service.must_offer(first + timedelta(hours=1), now, HELSINKI)


@pytest.mark.parametrize(
    ("start", "offered"),
    [
        (timedelta(hours=35), False),
        (timedelta(hours=36), True),
        (timedelta(days=3), True),
        (timedelta(days=3, hours=1), False),
    ],
)
def test_notice_and_horizon_bound_the_start_of_a_promise(start: timedelta, offered: bool) -> None:
    """D04, D05."""
    if offered:
        assert PLANNED_AHEAD.must_offer(NOW + start, NOW, HELSINKI).start == NOW + start
        return
    with pytest.raises(OutsideNotice, match="at least 2160 minutes and at most 3 days"):
        PLANNED_AHEAD.must_offer(NOW + start, NOW, HELSINKI)


@given(st.datetimes(datetime(2026, 3, 26), datetime(2026, 3, 31), timezones=st.just(UTC)), st.sampled_from([15, 30, 60]))  # noqa: DTZ001
def test_what_must_be_offered_is_what_the_grid_offers(moment: datetime, step: int) -> None:
    service = replace(ADVICE, step_minutes=step)
    moment = moment.replace(second=0, microsecond=0, minute=moment.minute // 5 * 5)
    day = local_time.local_date(moment, HELSINKI)
    on_grid = moment in [promise.start for promise in service.promises(day, HELSINKI)]
    try:
        service.must_offer(moment, NOW, HELSINKI)
    except OffGrid:
        assert not on_grid
    else:
        assert on_grid


def test_a_service_says_which_of_its_fields_contradict() -> None:
    with pytest.raises(InvalidField, match=r"window_minutes.*EXACT needs 0"):
        replace(ADVICE, window_minutes=60)
    with pytest.raises(InvalidField, match=r"window_minutes.*WINDOW needs its length"):
        replace(INSPECTION, window_minutes=0)
    with pytest.raises(InvalidField, match=r"crew.*at least one"):
        replace(ADVICE, crew=())


def test_a_skill_is_lacking_when_it_is_missing_or_too_low() -> None:
    assert lacking({"food": 2, "fi": 1}, (("food", 2), ("fi", 2), ("noise", 1))) == ["fi", "noise"]


def test_a_zone_is_a_zone_by_its_name() -> None:
    assert local_time.zone("Europe/Helsinki") == ZoneInfo("Europe/Helsinki")
