import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from server.domain.message import Channel
from server.notify.smtp import SmtpCarrier, SmtpServer
from server.usecases.outgoing import NotDelivered, Outgoing
from tests.notify.test_mail import a_mail


class Postbox:
    """A real SMTP server that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.to_recipient = "250 OK"
        self.to_data = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(envelope)
        return self.to_data


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Postbox, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def postbox(running: tuple[Postbox, int]) -> Postbox:
    box, _ = running
    box.got.clear()
    box.to_recipient = box.to_data = "250 OK"
    return box


@pytest.fixture
def carrier(running: tuple[Postbox, int]) -> SmtpCarrier:
    return SmtpCarrier(SmtpServer("127.0.0.1", running[1], "bookings@city.example", "City", tls="none", timeout_s=5))


def test_a_mail_arrives_with_its_invitation(postbox: Postbox, carrier: SmtpCarrier) -> None:
    assert carrier.send(a_mail()) == "<bookings.x.1.booking.confirmed.EMAIL@city.example>"
    (envelope,) = postbox.got
    assert envelope.mail_from == "bookings@city.example"
    assert envelope.rcpt_tos == ["aino@example.com"]
    message = message_from_bytes(envelope.content)
    assert "text/calendar" in [part.get_content_type() for part in message.walk()]


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such person aino", True), ("451 later", False)])
def test_a_refusal_is_permanent_or_not_and_names_nobody(
    postbox: Postbox, carrier: SmtpCarrier, answer: str, permanent: bool
) -> None:
    postbox.to_recipient = answer
    with pytest.raises(NotDelivered) as refusal:
        carrier.send(a_mail())
    assert refusal.value.permanent is permanent
    assert "aino" not in str(refusal.value)
    assert answer[:3] in str(refusal.value)


def test_a_refusal_of_the_content_counts_too(postbox: Postbox, carrier: SmtpCarrier) -> None:
    postbox.to_data = "554 spam"
    with pytest.raises(NotDelivered, match="554") as refusal:
        carrier.send(a_mail())
    assert refusal.value.permanent


def test_an_injected_recipient_is_refused_before_anything_is_sent(postbox: Postbox, carrier: SmtpCarrier) -> None:
    with pytest.raises(NotDelivered) as refusal:
        carrier.send(a_mail(to="a@b.example\r\nRCPT TO:<evil@example.com>"))
    assert refusal.value.permanent
    assert postbox.got == []


def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = SmtpCarrier(SmtpServer("127.0.0.1", taken.getsockname()[1], "a@b.example", tls="none", timeout_s=2))
        with pytest.raises(NotDelivered) as refusal:
            nobody.send(a_mail())
    assert not refusal.value.permanent


def test_a_server_without_the_encryption_that_we_insist_on_gets_nothing(
    postbox: Postbox, running: tuple[Postbox, int]
) -> None:
    server = SmtpServer("127.0.0.1", running[1], "bookings@city.example", tls="starttls", timeout_s=2)
    with pytest.raises(NotDelivered):
        SmtpCarrier(server).send(a_mail())
    assert postbox.got == []


def test_text_messages_are_not_for_smtp(carrier: SmtpCarrier) -> None:
    sms: Outgoing = replace(a_mail(), channel=Channel.SMS)
    with pytest.raises(NotDelivered, match="mail only"):
        carrier.send(sms)


def test_a_refusal_in_the_log_names_nobody(postbox: Postbox, carrier: SmtpCarrier, caplog: pytest.LogCaptureFixture) -> None:
    postbox.to_recipient = "550 no such person aino@example.com"
    try:
        carrier.send(a_mail())
    except NotDelivered:
        logging.getLogger("worker").exception("Job messages.deliver ended with status: Error")
    assert "550" in caplog.text
    assert "aino" not in caplog.text
