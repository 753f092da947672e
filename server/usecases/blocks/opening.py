"""Opening a block: a session per time, with a stop on each officer's route and the room's seats, all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain import local_time
from server.domain.block import Block
from server.domain.booking import Booking, BookingState, Source
from server.domain.caller import Request
from server.domain.catalogue import ResourceNeed, Service
from server.domain.change import Change
from server.domain.commands import NewBlock
from server.domain.errors import InvalidField, LocationNotOffered, NoOfficer, SeriesClash, SessionFull, SlotTaken
from server.domain.ids import encode
from server.domain.organisation import Officer
from server.domain.resource import Location, Resource
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.seating import seat_stop, seated
from server.domain.series import ClashPolicy
from server.domain.session import Session
from server.domain.session_view import BlockView, SessionView
from server.domain.spans import Span
from server.usecases.blocks.desk import Desk, actor_of, left_in
from server.usecases.bookings.records import marking, promised
from server.usecases.claims import Claimed
from server.usecases.contact import checked
from server.usecases.offers import crew_of
from server.usecases.placing import Claim, Mark
from server.usecases.ports import Transaction
from server.usecases.series.desk import start_of, told
from server.usecases.slots import Wanted

ATTEMPTS = 5
MOST_NAMED = 20
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and with whom a block's sessions are: its service, its office and room (None: none)."""

    service: Service
    location: Location | None
    room: Resource | None


@dataclass(frozen=True, slots=True)
class Reserved:
    """A session that takes its time: the claim on officers and room."""

    session: Session
    claim: Claim

    @property
    def mark(self) -> Mark:
        """What makes a stop the session's: it stays at its minute, whoever plans around it."""

        def mark(stop: Stop, _: ResourceDay) -> Stop:
            return replace(stop, kind=StopKind.SESSION, session=self.session.id, fixed=True)

        return mark


class Opening(Desk):
    """The first step of a block."""

    def create(self, request: Request, new: NewBlock) -> BlockView:
        """Open a session for each time of the pattern; what cannot be reserved is dealt with as the policy says."""
        block = self._new(request, new)
        spans, taken = block.spans(), set[datetime]()
        self._must_be_ahead(spans)
        for attempt in range(ATTEMPTS):
            with self._store.begin(request) as tx:
                place = _place(tx, block)
                claims = {span: self._claim(tx, block, place, span, taken) for span in spans}
                ids = tx.sessions.new_ids(len(spans))
            reserved = _reserved(block, place, claims, ids)
            try:
                return self._opened(request, block, place, reserved, [span for span in spans if claims[span] is None])
            except (SlotTaken, SessionFull) as gone:
                if attempt == ATTEMPTS - 1:
                    raise
                taken.add(start_of(gone))
        raise _clash(spans, [])

    def _new(self, request: Request, new: NewBlock) -> Block:
        if new.customer and new.seats != 1:
            raise InvalidField.of("block.seats", f"{new.seats} does not go with a customer, who takes all of it: give 1")
        return Block(
            id=self._store.ids.unguessable(),
            service=new.service,
            pattern=new.pattern,
            minutes=new.minutes,
            seats=new.seats,
            policy=new.policy,
            creator=actor_of(request),
            created=self._clock(),
            location=new.location,
            officers=new.officers,
            room=new.room,
            release_before_hours=new.release_before_hours,
            case=new.case,
            customer=checked(new.customer, self._region) if new.customer else None,
            note=new.note,
        )

    def _must_be_ahead(self, spans: Sequence[Span]) -> None:
        if spans[0].start <= self._clock():
            raise InvalidField.of("block.recurrence.start", f"{spans[0].start.isoformat()} is over: sessions are to come")

    def _claim(self, tx: Transaction, block: Block, place: Place, span: Span, taken: set[datetime]) -> Claim | None:
        """Return the claim on officers and room for a session, or None when they are not free."""
        if span.start in taken:
            return None
        everyone = tx.organisation.everyone(span.start.date())
        for crew in _crews(tx, block, place.service, everyone, span):
            wanted = _wanted(place, everyone, crew, span)
            claim = Claim(wanted, Span(span.start, span.start + ONE_SECOND))
            if self._claims.options(tx, claim):
                return claim
        return None

    def _opened(
        self, request: Request, block: Block, place: Place, reserved: Sequence[Reserved], skipped: Sequence[Span]
    ) -> BlockView:
        if not reserved or (skipped and block.policy is ClashPolicy.ALL_OR_NOTHING):
            raise _clash([*(one.session.span for one in reserved), *skipped], skipped)

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BlockView]:
            tx.blocks.add(block)
            sessions = [_held_by(one.session, crew) for one, crew in zip(reserved, claimed.crews, strict=True)]
            tx.sessions.add(sessions)
            pairs = zip(sessions, claimed.crews, strict=True)
            days = [_day(one, place, crew[0]) for one, crew in pairs]
            tx.days.add(days, "SESSION")
            change = claimed.change
            if block.customer is not None:
                change = self._allocated(block, place, sessions, days, claimed)
            audit = self._audit(actor_of(request), "block.created", block.name, {"sessions": len(sessions)})
            views = tuple(
                SessionView(one, self._left(block, place, one, day)) for one, day in zip(sessions, days, strict=True)
            )
            starts = tuple(span.start for span in skipped)
            return replace(change, audits=(*change.audits, audit)), BlockView(block, views, starts)

        return self._claims.take_all(request, [one.claim for one in reserved], [one.mark for one in reserved], finish)

    def _left(self, block: Block, place: Place, session: Session, day: ResourceDay) -> int:
        return 0 if block.customer else left_in(session, place.service, day, block.pattern.zone, self._clock())

    def _allocated(
        self, block: Block, place: Place, sessions: Sequence[Session], days: Sequence[ResourceDay], claimed: Claimed
    ) -> Change:
        """Return the change with a booking in each session that takes all of it; the customer is told once."""
        change, bookings = claimed.change, list[Booking]()
        filled = []
        for session, day, crew in zip(sessions, days, claimed.crews, strict=True):
            booking = self._booking(block, session)
            stop = seat_stop(self._store.ids.occupancy(), 0, session.span.seconds)
            filled.append(seated(day, marking(booking)(stop, day), 0))
            change = promised(change, booking, place.service, crew[0], self._clock())
            bookings.append(booking)
        return replace(
            change,
            before=(*change.before, *days),
            after=(*change.after, *filled),
            jobs=(*claimed.change.jobs, *told(bookings, "series.confirmed")),
        )

    def _booking(self, block: Block, session: Session) -> Booking:
        assert block.customer is not None
        return Booking(
            id=self._store.ids.unguessable(),
            service=block.service,
            premises=0,
            promise=Span(session.span.start, session.span.start + ONE_SECOND),
            customer=block.customer,
            state=BookingState.CONFIRMED,
            source=Source.STAFF,
            creator=block.creator,
            created=block.created,
            visit=self._store.ids.unguessable(),
            case=block.case,
            note=block.note,
            allow_duplicate=True,
            calendar_uid=f"{encode(block.id)}@fieldwork",
            location=block.location,
            session=session.id,
            recurrence_start=session.span.start,
            duration_minutes=session.span.seconds // 60,
        )


def _place(tx: Transaction, block: Block) -> Place:
    """Return service, office and room of a block, or refuse what does not go together."""
    service = tx.services.get(block.service)
    if service.at_office and block.location not in service.locations:
        offered = ", ".join(f"locations/{code}" for code in service.locations) or "nowhere yet"
        raise LocationNotOffered(
            f"services/{service.code} is not offered at {block.location or 'a location that is not named'}: {offered}",
            service=service.code,
            location=block.location,
        )
    if not service.at_office and block.location:
        raise InvalidField.of("block.location", f"services/{service.code} is not done at an office: leave it empty")
    location = tx.resources.location(block.location) if block.location else None
    room = tx.resources.get(block.room) if block.room else None
    if room and room.location and room.location != block.location:
        raise InvalidField.of(
            "block.room", f"resources/{room.code} is at locations/{room.location}: take one of the block's"
        )
    return Place(service, location, room)


def _crews(
    tx: Transaction, block: Block, service: Service, everyone: Sequence[Officer], span: Span
) -> list[tuple[frozenset[int], ...]]:
    """Return who could hold a session, the first choice first; refuses when nobody ever could."""
    by_skill = crew_of(everyone, service)
    if not block.officers:
        if not all(by_skill):
            raise NoOfficer(f"nobody has the skills that services/{service.code} needs", service=service.code)
        return [by_skill]
    named = tuple(frozenset({tx.organisation.officer(code, span.start.date()).id}) for code in block.officers)
    others = tuple(by_skill[min(number, len(by_skill) - 1)] for number in range(len(named)))
    return [named, others] if block.policy is ClashPolicy.ALTERNATIVE and all(others) else [named]


def _wanted(place: Place, everyone: Sequence[Officer], crew: tuple[frozenset[int], ...], span: Span) -> Wanted:
    """Return what a session asks for: its officers for all of its time, and every seat of its room.

    It has no code: a session is never held in a seat of another one.
    """
    room = place.room
    service = replace(
        place.service,
        code="",
        duration_minutes=span.seconds // 60,
        duration_options=(),
        buffer_before_minutes=0,
        buffer_after_minutes=0,
        capacity=1,
        crew=tuple(() for _ in crew),
        resources=(ResourceNeed(room.category, room.seats),) if room else (),
    )
    people = tuple(officer for officer in everyone if any(officer.id in part for part in crew))
    return Wanted(service, None, people, crew, place.location, ((room,),) if room else ())


def _reserved(block: Block, place: Place, claims: dict[Span, Claim | None], ids: Sequence[int]) -> list[Reserved]:
    zone = local_time.zone(block.pattern.zone)
    release = timedelta(hours=block.release_before_hours) if block.release_before_hours and not block.customer else None
    found = []
    for number, (span, claim) in zip(ids, claims.items(), strict=True):
        if claim is not None:
            session = Session(
                id=number,
                service=place.service.code,
                day=local_time.local_date(span.start, zone),
                span=span,
                seats=block.seats,
                officers=(),
                location=block.location,
                block=block.id,
                release=span.start - release if release else None,
            )
            found.append(Reserved(session, claim))
    return found


def _held_by(session: Session, crew: Sequence[Officer]) -> Session:
    return replace(session, officers=tuple(sorted(officer.code for officer in crew)))


def _day(session: Session, place: Place, lead: Officer) -> ResourceDay:
    """Return the session's own day, whose seats are booked."""
    base = place.location.position if place.location else lead.base
    return ResourceDay(session.day, session.id, session.span, 0, base, None, seats=session.seats)


def _clash(spans: Sequence[Span], skipped: Sequence[Span]) -> SeriesClash:
    named = ", ".join(span.start.isoformat() for span in skipped[:MOST_NAMED])
    return SeriesClash(
        f"officers or room are not free for {len(skipped)} of {len(spans)} sessions: {named}; take these out with exdates, "
        "name others, or choose another clash_policy",
        clashes=named,
        clash_count=len(skipped),
    )
