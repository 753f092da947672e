import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from server.calendars.ics import invitation
from server.domain.booking import BookingState, Customer
from server.domain.organisation import Address
from server.domain.spans import Span
from server.usecases.outgoing import Authority, Subject
from tests.calendars.linter import defects
from tests.calendars.makers import (
    AUTHORITY,
    NASTY,
    NOW,
    TEN,
    a_booking,
    a_premises,
    a_subject,
    an_exact_subject,
)

PROPERTIES = {
    "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "ORGANIZER", "ATTENDEE",
    "STATUS", "TRANSP",
}  # fmt: skip


def write(subject: Subject, summary: str = "Visit", description: str = "Words", authority: Authority = AUTHORITY) -> str:
    return invitation(subject, authority, summary, description, NOW)


def the_event(ics: str) -> Any:
    (event,) = Calendar.from_ical(ics).walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_a_window_is_shown_as_the_promised_window_in_utc() -> None:
    ics = write(a_subject())
    assert defects(ics) == []
    assert "DTSTART:20261123T080000Z\r\n" in ics
    assert "DTEND:20261123T100000Z\r\n" in ics
    assert "DTSTAMP:20261120T120000Z\r\n" in ics
    assert "VTIMEZONE" not in ics


def test_an_exact_time_lasts_as_long_as_the_work() -> None:
    ics = write(an_exact_subject())
    assert "DTSTART:20261123T080000Z\r\nDTEND:20261123T090000Z\r\n" in ics


def test_uid_and_sequence_follow_the_booking() -> None:
    event = the_event(write(a_subject(booking=a_booking(revision=4))))
    assert (str(event["UID"]), event["SEQUENCE"]) == ("abc@fieldwork", 3)


@pytest.mark.parametrize(
    ("state", "method", "status"),
    [
        (BookingState.CONFIRMED, "REQUEST", "CONFIRMED"),
        (BookingState.PENDING, "REQUEST", "TENTATIVE"),
        (BookingState.CANCELLED, "CANCEL", "CANCELLED"),
        (BookingState.RESCHEDULED, "CANCEL", "CANCELLED"),
    ],
)
def test_the_method_follows_the_state(state: BookingState, method: str, status: str) -> None:
    ics = write(a_subject(booking=a_booking(state=state)))
    assert f"METHOD:{method}\r\n" in ics
    assert f"STATUS:{status}\r\n" in ics
    assert defects(ics) == []


def test_without_an_email_nobody_is_invited() -> None:
    ics = write(a_subject(booking=a_booking(customer=Customer("Aino", "+358401234567"))))
    assert "ATTENDEE" not in ics
    assert defects(ics) == []


def test_a_remote_booking_has_no_location() -> None:
    assert "LOCATION" not in write(a_subject(premises=None))


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_texts_from_outside_add_no_line_and_no_property(text: str) -> None:
    booking = a_booking(customer=Customer(text, "+358401234567", "aino@example.com"))
    premises = a_premises(name=text, address=Address(street=text))
    ics = write(a_subject(booking=booking, premises=premises), text, text, Authority(text, "office@city.example"))
    assert defects(ics) == []
    event = the_event(ics)
    assert set(event) == PROPERTIES
    assert set(Calendar.from_ical(ics)) == {"PRODID", "VERSION", "CALSCALE", "METHOD"}
    unfolded = ics.replace("\r\n ", "").split("\r\n")
    assert len(unfolded) == 1 + 4 + 1 + len(PROPERTIES) + 2 + 1


def test_line_feeds_in_the_description_are_kept_as_text() -> None:
    assert (
        str(the_event(write(a_subject(), description="one\ntwo; three, four\\"))["DESCRIPTION"]) == "one\ntwo; three, four\\"
    )


def test_the_linter_finds_what_parsers_let_pass() -> None:
    good = write(a_subject())
    early = good.replace("DTEND:20261123T100000Z", "DTEND:20261123T070000Z")
    assert "DTEND" in defects(early)[0]
    assert defects(good.replace("UID:abc@fieldwork\r\n", "")) == ["no UID"]
    assert defects(good.replace("DTSTAMP:20261120T120000Z\r\n", "")) == ["no DTSTAMP"]
    assert any("bare" in defect for defect in defects(good.replace("\r\n", "\n", 1)))
    without = re.sub(r"ORGANIZER(.|\r\n )*\r\n(?! )", "", good)
    assert defects(without) == ["REQUEST without ORGANIZER"]
    assert any("octets" in defect for defect in defects(good.replace("Visit", "V" * 80)))


def test_a_window_over_the_clock_change_keeps_its_instants() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    ics = write(a_subject(booking=a_booking(promise=Span(start, start + timedelta(hours=2)))))
    assert "DTSTART:20261025T003000Z\r\nDTEND:20261025T023000Z\r\n" in ics
    assert start < TEN
