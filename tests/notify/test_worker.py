"""From a booking's transaction to the console, through the real queue and the real worker."""

import asyncio
import io
import os
import signal
from dataclasses import dataclass, field
from typing import cast

import pytest

from server.calendars.ics import invitation
from server.domain.booking import Booking
from server.domain.change import Change, message_job
from server.domain.message import Channel, MessageState
from server.jobs.tasks import Application
from server.jobs.work import work
from server.notify.console import ConsoleCarrier
from server.notify.writer import TemplateWriter
from server.setup.address import for_driver
from server.usecases.messages import Messages
from tests.calendars.makers import AUTHORITY, NOW
from tests.notify.conftest import Office


class NothingToDo:
    """The use cases that this story does not need."""

    def execute(self, operation: int, last_try: bool = False) -> None:
        raise AssertionError(operation)

    def fail(self, operation: int, message: str) -> None:
        raise AssertionError(operation)

    def sweep(self) -> None:
        return None

    def forget(self) -> None:
        return None


@dataclass
class Wired:
    """What the worker asks of the application."""

    messages: Messages
    planning: NothingToDo = field(default_factory=NothingToDo)
    holds: NothingToDo = field(default_factory=NothingToDo)
    answers: NothingToDo = field(default_factory=NothingToDo)


async def _tell(office: Office, booking: Booking, database_url: str) -> str:
    out = io.StringIO()
    console = ConsoleCarrier(out)
    carriers = {Channel.SMS: console, Channel.EMAIL: console}
    messages = Messages(office.store, TemplateWriter(AUTHORITY, invitation), carriers, lambda: NOW)
    running = asyncio.create_task(work(cast(Application, Wired(messages)), for_driver(database_url)))
    for _ in range(100):
        await asyncio.sleep(0.05)
        if [one.state for one in office.stored(booking)] == [MessageState.SENT] * 2:
            break
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)
    return out.getvalue()


async def test_a_booking_reaches_the_console_through_the_queue(
    office: Office, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    booking = office.book(1)
    with office.store.begin() as tx:
        tx.write(Change(jobs=(message_job(booking, "booking.confirmed"),)))
    shown = await _tell(office, booking, database_url)
    assert "| To: +358401234567\n" in shown
    assert "| -- invite.ics (REQUEST) --\n" in shown
    assert shown.count("+-- ") == 2
    assert "messages.deliver" in caplog.text
    for personal in ("+358401234567", "aino@example.com", "Aino"):
        assert personal not in caplog.text
