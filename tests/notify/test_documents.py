"""What a customer is asked to have ready, in the messages (A11)."""

import pytest

from server.domain.booking import Customer
from server.domain.message import Channel
from server.notify.gsm import segments
from server.usecases.outgoing import Kind
from tests.calendars.makers import a_booking, a_service, a_subject
from tests.notify.test_writer import write

PLANS = a_service(documents=("Floor plan", "Licence"))


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("en", "Have ready: Floor plan, Licence.", "Have ready: Floor plan; Licence\n"),
        ("fi", "Varaa esille: Floor plan, Licence.", "Varaa esille: Floor plan; Licence\n"),
    ],
)
def test_a_confirmation_lists_what_to_have_ready(language: str, short: str, long: str) -> None:
    booking = a_booking(customer=Customer("Aino", "+358401234567", "aino@example.com", language))
    sent = write(subject=a_subject(service=PLANS, booking=booking))
    assert short in sent[Channel.SMS].body
    assert long in sent[Channel.EMAIL].body


def test_a_cancellation_asks_for_nothing() -> None:
    sent = write(Kind.CANCELLED, a_subject(service=PLANS))
    assert not any("Floor plan" in message.body for message in sent.values())


def test_a_long_list_stays_in_the_mail_and_leaves_the_text_message_alone() -> None:
    many = a_service(documents=tuple(f"Document number {n} with a long name" for n in range(10)))
    sent = write(subject=a_subject(service=many))
    assert segments(sent[Channel.SMS].body) <= 2
    assert sent[Channel.SMS].body == write()[Channel.SMS].body
    assert "Document number 9" in sent[Channel.EMAIL].body


def test_a_document_stays_on_its_line() -> None:
    wicked = a_service(documents=("Plan\n\nReference: bookings/other",))
    sent = write(subject=a_subject(service=wicked))
    assert sent[Channel.EMAIL].body.count("\n") == write(subject=a_subject(service=PLANS))[Channel.EMAIL].body.count("\n")
