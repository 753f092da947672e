from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from server.calendars.ics import invitation
from server.domain.booking import Booking
from server.domain.change import Change
from server.domain.message import Channel, Message
from server.domain.organisation import Premises
from server.domain.paging import Page
from server.domain.visit import Visit, VisitState
from server.notify.writer import TemplateWriter
from server.store import tables
from server.store.store import SqlStore, make_engine
from server.usecases.messages import Messages
from server.usecases.outgoing import NotDelivered, Outgoing
from tests.calendars.makers import AUTHORITY, NOW, a_booking, a_premises, a_service
from tests.makers.world import wipe


@dataclass
class Post:
    """A carrier that remembers, and refuses when told to."""

    sent: list[Outgoing] = field(default_factory=list)
    refusal: Exception | None = None

    def send(self, outgoing: Outgoing) -> str:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(outgoing)
        return f"id-{len(self.sent)}"


@dataclass
class Office:
    """Messages over a real store, with carriers that remember."""

    store: SqlStore
    premises: Premises
    team: str
    sms: Post = field(default_factory=Post)
    mail: Post = field(default_factory=Post)

    @property
    def messages(self) -> Messages:
        carriers = {Channel.SMS: self.sms, Channel.EMAIL: self.mail}
        return Messages(self.store, TemplateWriter(AUTHORITY, invitation), carriers, lambda: NOW)

    def book(self, number: int, **changes: Any) -> Booking:
        """Store a booking as a use case would."""
        booking = a_booking(id=number, visit=number, premises=self.premises.id, **changes)
        service = booking.service
        visit = Visit(number, service, self.premises.id, self.team, 100, VisitState.PLANNED, NOW, booking=number)
        with self.store.begin() as tx:
            tx.write(Change(visits=(visit,), bookings=(booking,)))
        return booking

    def change(self, booking: Booking) -> Booking:
        """Store a booking that changed."""
        with self.store.begin() as tx:
            tx.write(Change(bookings=(booking,)))
        return booking

    def stored(self, booking: Booking) -> list[Message]:
        with self.store.begin() as tx:
            return sorted(tx.messages.listing(booking.id, Page()).items, key=lambda one: one.channel.value)


def _clock() -> datetime:
    return NOW


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """A store with a team, a premises and two services, emptied afterwards."""
    engine = make_engine(database_url, 4)
    store = SqlStore(engine, _clock)
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.team).values(code="post", name="Post", zone="Europe/Helsinki"))
    with store.begin() as tx:
        premises = tx.places.upsert(replace(a_premises(), id=0))
        tx.services.upsert(a_service())
        tx.services.upsert(a_service(code="surprise", unannounced=True))
    yield Office(store, premises, "post")
    wipe(engine)
    engine.dispose()


def busy(permanent: bool = False) -> NotDelivered:
    return NotDelivered("busy", permanent=permanent)
