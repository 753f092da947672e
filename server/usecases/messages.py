"""Telling customers: messages are recorded in one transaction, sent outside of any, and settled in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from server.domain import local_time
from server.domain.booking import Booking, BookingState, Source
from server.domain.facets import Facets, Notice
from server.domain.ids import encode
from server.domain.message import Channel, Message, MessageState
from server.domain.paging import LARGEST_SIZE, Page
from server.domain.waiting import WaitingEntry, WaitingState
from server.usecases.outgoing import Carrier, Kind, NotDelivered, Outgoing, Subject, Writer
from server.usecases.ports import Clock, Store, Transaction

_S = BookingState
TRUE_WHILE: dict[Kind, frozenset[BookingState]] = {
    Kind.REQUESTED: frozenset({_S.PENDING}),
    Kind.CONFIRMED: frozenset({_S.CONFIRMED, _S.IN_PROGRESS}),
    Kind.CANCELLED: frozenset({_S.CANCELLED}),
    Kind.RESCHEDULED: frozenset({_S.PENDING, _S.CONFIRMED, _S.IN_PROGRESS}),
    Kind.REASSIGNED: frozenset({_S.PENDING, _S.CONFIRMED}),
    Kind.DISPLACED: frozenset({_S.PENDING, _S.CONFIRMED}),
    Kind.OFFERED: frozenset(),  # never about a booking
    Kind.SERIES_CONFIRMED: frozenset({_S.PENDING, _S.CONFIRMED, _S.IN_PROGRESS}),
    Kind.SERIES_RESCHEDULED: frozenset({_S.PENDING, _S.CONFIRMED, _S.IN_PROGRESS}),
    Kind.SERIES_CANCELLED: frozenset({_S.CANCELLED}),
}
"""The states in which a message of that kind still says the truth."""
TELLS_PROMISE = frozenset(
    one.value for one in (Kind.REQUESTED, Kind.CONFIRMED, Kind.RESCHEDULED, Kind.SERIES_CONFIRMED, Kind.SERIES_RESCHEDULED)
)
"""Kinds that tell a customer of a promise."""
OF_SERIES = frozenset({Kind.SERIES_CONFIRMED, Kind.SERIES_RESCHEDULED, Kind.SERIES_CANCELLED})
"""Kinds that tell of every booking of a series from one on."""


class Messages:
    """Delivers at least once: a crash between sending and settling sends again, with the same key."""

    def __init__(self, store: Store, writer: Writer, carriers: Mapping[Channel, Carrier], clock: Clock) -> None:
        self._store = store
        self._writer = writer
        self._carriers = carriers
        self._clock = clock

    def deliver(self, booking: int, revision: int, kind: str, last_try: bool = False) -> None:
        """Send what a booking's revision calls for and was not sent yet; nothing when it is not true any more.

        Raises NotDelivered when another try is worth it, after trying every channel; with `last_try` the rest fails.
        """
        self._send_all(self._waiting(booking, revision, Kind(kind)), last_try)

    def offer(self, entry: int, offer: int, last_try: bool = False) -> None:
        """Tell somebody who waits of an offer, as `deliver` does; nothing when it does not stand any more."""
        self._send_all(self._offered(entry, offer), last_try)

    def _send_all(self, messages: Sequence[Message], last_try: bool) -> None:
        worth_another: NotDelivered | None = None
        for message in messages:
            try:
                provider_id = self._send(message)
            except NotDelivered as failure:
                if failure.permanent or last_try:
                    self._settle(replace(message, state=MessageState.FAILED))
                else:
                    worth_another = failure
            else:
                self._settle(replace(message, state=MessageState.SENT, sent=self._clock()), provider_id)
        if worth_another is not None:
            raise worth_another

    def _waiting(self, number: int, revision: int, kind: Kind) -> list[Message]:
        with self._store.begin() as tx:
            booking = tx.bookings.by_id(number)
            if booking is None:
                return []
            if booking.revision != revision or booking.state not in TRUE_WHILE[kind]:
                _give_up(tx, number, revision, kind)
                return []
            subject = replace(_subject(tx, booking), others=_others(tx, booking, kind))
            written = _preferred(tx, booking, self._writer.write(kind, subject, self._clock()))
            stored = tx.messages.queue([_message(booking.id, booking.revision, kind, outgoing) for outgoing in written])
            for message in stored:
                _notice(tx, message, self._clock())
        return [message for message in stored if message.state is MessageState.QUEUED]

    def _offered(self, number: int, offer: int) -> list[Message]:
        with self._store.begin() as tx:
            entry = tx.waiting.by_id(number)
            if entry is None or entry.state is not WaitingState.OFFERED or entry.offers != offer:
                return []
            written = self._writer.write(Kind.OFFERED, _offer(tx, entry, self._clock()), self._clock())
            texts = (_message(entry.id, offer, Kind.OFFERED, outgoing) for outgoing in written)
            stored = tx.messages.queue([replace(text, booking=0, waiting=entry.id) for text in texts])
        return [message for message in stored if message.state is MessageState.QUEUED]

    def _send(self, message: Message) -> str:
        carrier = self._carriers.get(message.channel)
        if carrier is None:
            raise NotDelivered(f"nobody carries {message.channel.value}", permanent=True)
        return carrier.send(_outgoing(message))

    def _settle(self, message: Message, provider_id: str = "") -> None:
        with self._store.begin() as tx:
            tx.messages.settle(message, provider_id)
            _notice(tx, message, self._clock())


def _notice(tx: Transaction, message: Message, now: datetime) -> None:
    """Note at the booking how far telling its promise got; what one channel has told stays told."""
    if message.kind not in TELLS_PROMISE or not message.booking:
        return
    known = tx.facets.of([message.booking]).get(message.booking, Facets()).notice
    notice = Notice(message.state.value)
    if notice is not known and (notice is Notice.SENT or known not in (Notice.SENT, Notice.DELIVERED)):
        tx.facets.save(message.booking, notice, now)


def _give_up(tx: Transaction, booking: int, revision: int, kind: Kind) -> None:
    """Mark what was recorded and is not true any more, so that nobody waits for it."""
    for message in tx.messages.listing(booking, Page(LARGEST_SIZE)).items:
        if (message.revision, message.kind, message.state) == (revision, kind.value, MessageState.QUEUED):
            tx.messages.settle(replace(message, state=MessageState.FAILED), "")


def _preferred(tx: Transaction, booking: Booking, written: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """Return what goes through the channels that the customer prefers; all where nobody knows the customer."""
    if not booking.customer_id:
        return written
    record = tx.customers.live([booking.customer_id])[booking.customer_id]
    chosen = record.channels({outgoing.channel for outgoing in written})
    return [outgoing for outgoing in written if outgoing.channel in chosen]


def _subject(tx: Transaction, booking: Booking) -> Subject:
    visit = tx.visits.some([booking.visit])[booking.visit]
    return Subject(
        booking,
        tx.services.get(booking.service),
        tx.places.some([booking.premises]).get(booking.premises) if booking.premises else None,
        local_time.zone(tx.organisation.team(visit.team).zone),
    )


def _others(tx: Transaction, booking: Booking, kind: Kind) -> tuple[Booking, ...]:
    """Return the later bookings of the series, or of the allocated block, of which a message of that kind is true too."""
    if kind not in OF_SERIES:
        return ()
    every = tx.bookings.beside(booking)
    true = [one for one in every if one.state in TRUE_WHILE[kind] and one.promise > booking.promise]
    return tuple(sorted(true, key=lambda one: one.promise))


def _offer(tx: Transaction, entry: WaitingEntry, now: datetime) -> Subject:
    assert entry.offer is not None
    booking = Booking(
        id=entry.id,
        service=entry.service,
        premises=entry.premises,
        promise=entry.offer.promise,
        customer=entry.customer,
        state=BookingState.PENDING,
        source=Source.STAFF,
        creator=entry.name,
        created=now,
        visit=0,
        location=entry.location,
    )
    service = tx.services.get(entry.service).lasting(entry.duration_minutes)
    premises = tx.places.get(entry.premises) if entry.premises else None
    zone = local_time.zone(entry.zone)
    return Subject(booking, service, premises, zone, entry.name, entry.offer.expires)


def _message(number: int, revision: int, kind: Kind, outgoing: Outgoing) -> Message:
    return Message(
        number,
        revision,
        kind.value,
        outgoing.channel,
        outgoing.recipient,
        outgoing.subject,
        outgoing.body,
        outgoing.ics,
        MessageState.QUEUED,
    )


def _outgoing(message: Message) -> Outgoing:
    """Return what was recorded, so that every try sends the same, under the same key."""
    about = f"waitingEntries/{encode(message.waiting)}" if message.waiting else f"bookings/{encode(message.booking)}"
    key = f"{about}:{message.revision}:{message.kind}:{message.channel.value}"
    return Outgoing(key, message.channel, message.recipient, message.subject, message.body, message.ics)
