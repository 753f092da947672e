from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from server.calendars.ics import invitation
from server.domain.booking import BookingState, Customer
from server.domain.message import Channel
from server.domain.spans import Span
from server.notify.gsm import segments
from server.notify.local_words import span_in_words
from server.notify.writer import TemplateWriter
from server.usecases.outgoing import Kind, Outgoing, Subject
from tests.calendars.linter import defects
from tests.calendars.makers import (
    AUTHORITY,
    HELSINKI,
    NASTY,
    NOW,
    TEN,
    a_booking,
    a_premises,
    a_service,
    a_subject,
    an_exact_subject,
)


def write(kind: Kind = Kind.CONFIRMED, subject: Subject | None = None) -> dict[Channel, Outgoing]:
    messages = TemplateWriter(AUTHORITY, invitation).write(kind, subject or a_subject(), NOW)
    return {message.channel: message for message in messages}


def test_a_text_message_says_who_what_when_where_and_which() -> None:
    assert write()[Channel.SMS].body == (
        "City of Helsinki, Environmental Health: Booking confirmed. Food safety consultation, "
        "Mon 23 Nov 2026, 10:00-12:00 EET, Café Esplanad, Aleksanterinkatu 4, 00100 Helsinki. "
        "Work starts in this window, takes about 60 min. Ref bookings/000000bfxr71n"
    )


def test_a_mail_explains_the_window_and_brings_the_invitation() -> None:
    mail = write()[Channel.EMAIL]
    assert mail.subject == "Booking confirmed: Food safety consultation, Mon 23 Nov 2026, 10:00-12:00 EET"
    assert "work starts between these two times and takes about 60 minutes" in mail.body
    assert mail.method == "REQUEST"
    assert defects(mail.ics) == []


def test_an_exact_time_is_told_as_one() -> None:
    mail = write(subject=an_exact_subject())[Channel.EMAIL]
    assert "When: Mon 23 Nov 2026, 10:00 EET\n" in mail.body
    assert "window" not in mail.body


def test_the_key_names_booking_revision_kind_and_channel() -> None:
    assert write()[Channel.SMS].key == "bookings/000000bfxr71n:1:booking.confirmed:SMS"


@pytest.mark.parametrize(("phone", "email"), [("", ""), ("+358401234567", ""), ("", "a@example.com")])
def test_only_the_channels_that_the_customer_has_are_used(phone: str, email: str) -> None:
    subject = a_subject(booking=a_booking(customer=Customer("Aino", phone, email)))
    expected = ({Channel.SMS} if phone else set()) | ({Channel.EMAIL} if email else set())
    assert set(write(subject=subject)) == expected


def test_nobody_is_told_about_unannounced_work() -> None:
    assert write(subject=a_subject(service=a_service(unannounced=True))) == {}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["", "en-GB", "fi", "fi-FI", "sv", "xx-Latn-001"])
def test_every_kind_has_words_in_every_language(kind: Kind, language: str) -> None:
    booking = a_booking(customer=Customer("Aino", "+358401234567", "aino@example.com", language))
    sent = write(kind, a_subject(booking=booking))
    assert segments(sent[Channel.SMS].body) <= 2
    finnish = language.startswith("fi")
    assert ("ma 23.11.2026 klo 10.00-12.00 EET" in sent[Channel.EMAIL].body) is finnish
    assert "{" not in sent[Channel.EMAIL].body


def test_a_moved_booking_that_waits_for_approval_says_so() -> None:
    waiting = a_subject(booking=a_booking(state=BookingState.PENDING))
    assert "still needs our approval" in write(Kind.RESCHEDULED, waiting)[Channel.EMAIL].body
    assert "approval" not in write(Kind.RESCHEDULED)[Channel.EMAIL].body


def test_long_names_are_left_out_of_a_text_message_before_it_takes_three_segments() -> None:
    subject = a_subject(premises=a_premises(name="N" * 190), service=a_service(name="S" * 90))
    text = write(subject=subject)[Channel.SMS].body
    assert segments(text) <= 2
    assert "Mon 23 Nov 2026, 10:00-12:00 EET" in text
    assert text.endswith("Ref bookings/000000bfxr71n")


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_texts_from_outside_stay_on_their_line(text: str) -> None:
    subject = a_subject(
        premises=a_premises(name=text),
        service=a_service(name=text),
        booking=a_booking(customer=Customer(text, "+358401234567", "aino@example.com")),
    )
    sent = write(subject=subject)
    assert "\n" not in sent[Channel.SMS].body
    assert "\n" not in sent[Channel.EMAIL].subject
    assert sent[Channel.EMAIL].body.count("\n") == write()[Channel.EMAIL].body.count("\n")
    assert "49" not in sent[Channel.SMS].body


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
    ],
)
def test_segments_are_counted_as_networks_do(text: str, count: int) -> None:
    assert segments(text) == count


def test_a_window_over_the_clock_change_names_both_zones() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    told = span_in_words(Span(start, start + timedelta(hours=1)), HELSINKI, "en")
    assert told == "Sun 25 Oct 2026, 03:30 EEST - Sun 25 Oct 2026, 03:30 EET"


def test_a_zone_without_a_name_is_told_by_its_offset() -> None:
    told = span_in_words(Span(TEN, TEN + timedelta(hours=2)), ZoneInfo("America/Sao_Paulo"), "en")
    assert told == "Mon 23 Nov 2026, 05:00-07:00 UTC-03"


def test_a_message_about_a_series_lists_every_time_and_one_invitation_has_them_all() -> None:
    """J04: one message instead of many; RECURRENCE-ID says where the series has each."""
    week = timedelta(days=7)
    first = a_booking(calendar_uid="s1@fieldwork", recurrence_start=TEN)
    promise = Span(first.promise.start + week, first.promise.end + week)
    other = replace(first, id=2, promise=promise, recurrence_start=first.promise.start + week - timedelta(hours=1))
    mail = write(Kind.SERIES_CONFIRMED, replace(a_subject(), booking=first, others=(other,)))[Channel.EMAIL]
    events = Calendar.from_ical(mail.ics).walk("VEVENT")
    assert [event.decoded("RECURRENCE-ID") for event in events] == [first.recurrence_start, other.recurrence_start]
    assert [event.decoded("DTSTART") for event in events] == [first.promise.start, promise.start]
    assert {str(event["UID"]) for event in events} == {"s1@fieldwork"}
    assert mail.body.count("2026,") == 2
    assert defects(mail.ics) == []
