from dataclasses import replace

import pytest

from server.domain.booking import BookingState, Customer
from server.domain.message import Message, MessageState
from server.usecases.outgoing import NotDelivered
from tests.calendars.makers import NOW
from tests.notify.conftest import Office, busy

CONFIRMED, CANCELLED = "booking.confirmed", "booking.cancelled"


def states(messages: list[Message]) -> list[MessageState]:
    return [message.state for message in messages]


def test_a_booking_is_told_by_text_message_and_mail(office: Office) -> None:
    booking = office.book(1)
    office.messages.deliver(booking.id, 1, CONFIRMED)
    assert [one.recipient for one in office.sms.sent] == ["+358401234567"]
    assert "Mon 23 Nov 2026, 10:00-12:00 EET" in office.sms.sent[0].body
    assert office.mail.sent[0].method == "REQUEST"
    assert "UID:abc@fieldwork" in office.mail.sent[0].ics
    stored = office.stored(booking)
    assert states(stored) == [MessageState.SENT, MessageState.SENT]
    assert {message.sent for message in stored} == {NOW}


def test_delivering_twice_sends_once(office: Office) -> None:
    booking = office.book(1)
    for _ in range(2):
        office.messages.deliver(booking.id, 1, CONFIRMED)
    assert (len(office.sms.sent), len(office.mail.sent)) == (1, 1)


def test_a_crash_before_settling_sends_again_with_the_same_key_and_text(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = office.book(1, customer=Customer("Aino", "+358401234567"))
    messages = office.messages
    with monkeypatch.context() as crash:
        crash.setattr(messages, "_settle", lambda *_: (_ for _ in ()).throw(SystemError("killed")))
        with pytest.raises(SystemError):
            messages.deliver(booking.id, 1, CONFIRMED)
    assert states(office.stored(booking)) == [MessageState.QUEUED]
    office.messages.deliver(booking.id, 1, CONFIRMED)
    first, second = office.sms.sent
    assert first == second
    assert first.key == f"{booking.name}:1:booking.confirmed:SMS"


def test_what_fails_for_now_is_tried_again_and_the_other_channel_is_not_held_back(office: Office) -> None:
    booking = office.book(1)
    office.mail.refusal = busy()
    with pytest.raises(NotDelivered):
        office.messages.deliver(booking.id, 1, CONFIRMED)
    assert states(office.stored(booking)) == [MessageState.QUEUED, MessageState.SENT]
    office.mail.refusal = None
    office.messages.deliver(booking.id, 1, CONFIRMED)
    assert states(office.stored(booking)) == [MessageState.SENT, MessageState.SENT]
    assert len(office.sms.sent) == 1


@pytest.mark.parametrize(("permanent", "last_try"), [(True, False), (False, True)])
def test_what_cannot_be_delivered_has_failed(office: Office, permanent: bool, last_try: bool) -> None:
    booking = office.book(1)
    office.mail.refusal = busy(permanent)
    office.messages.deliver(booking.id, 1, CONFIRMED, last_try=last_try)
    assert states(office.stored(booking)) == [MessageState.FAILED, MessageState.SENT]


def test_a_message_about_an_older_revision_is_not_sent_any_more(office: Office) -> None:
    booking = office.book(1)
    office.mail.refusal = busy()
    with pytest.raises(NotDelivered):
        office.messages.deliver(booking.id, 1, CONFIRMED)
    office.mail.refusal = None
    gone = office.change(booking.cancel("customer"))
    office.messages.deliver(booking.id, 1, CONFIRMED)
    office.messages.deliver(booking.id, gone.revision, CANCELLED)
    assert [one.method for one in office.mail.sent] == ["CANCEL"]
    assert "SEQUENCE:1" in office.mail.sent[0].ics
    kinds = {(one.kind, one.channel.value): one.state for one in office.stored(booking)}
    assert kinds == {
        (CONFIRMED, "EMAIL"): MessageState.FAILED,
        (CONFIRMED, "SMS"): MessageState.SENT,
        (CANCELLED, "EMAIL"): MessageState.SENT,
        (CANCELLED, "SMS"): MessageState.SENT,
    }


def test_a_promise_that_changed_meanwhile_is_told_by_its_own_message(office: Office) -> None:
    booking = office.book(1)
    office.change(replace(booking, revision=2, version=booking.version + 1))
    office.messages.deliver(booking.id, 1, CONFIRMED)
    assert office.sms.sent == []


def test_an_approval_is_not_followed_by_the_news_of_the_request(office: Office) -> None:
    booking = office.book(1, state=BookingState.PENDING)
    office.change(booking.to(BookingState.CONFIRMED))
    office.messages.deliver(booking.id, 1, "booking.requested")
    assert office.sms.sent == []
    office.messages.deliver(booking.id, 1, CONFIRMED)
    assert len(office.sms.sent) == 1


def test_a_later_change_of_details_does_not_rewrite_what_was_recorded(office: Office) -> None:
    booking = office.book(1, customer=Customer("Aino", "+358401234567"))
    office.sms.refusal = busy()
    with pytest.raises(NotDelivered):
        office.messages.deliver(booking.id, 1, CONFIRMED)
    (recorded,) = office.stored(booking)
    with office.store.begin() as tx:
        assert tx.messages.queue([replace(recorded, recipient="+358400000000")]) == [recorded]


def test_what_was_sent_stays_sent(office: Office) -> None:
    booking = office.book(1)
    office.messages.deliver(booking.id, 1, CONFIRMED)
    with office.store.begin() as tx:
        for message in office.stored(booking):
            tx.messages.settle(replace(message, state=MessageState.FAILED, sent=None), "")
    assert states(office.stored(booking)) == [MessageState.SENT, MessageState.SENT]


def test_nobody_is_told_about_unannounced_work(office: Office) -> None:
    booking = office.book(1, service="surprise")
    office.messages.deliver(booking.id, 1, CONFIRMED)
    assert office.stored(booking) == []
    assert office.sms.sent == office.mail.sent == []


def test_a_booking_that_is_gone_is_no_error(office: Office) -> None:
    office.messages.deliver(404, 1, CONFIRMED)
    assert office.sms.sent == []
