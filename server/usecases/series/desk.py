"""What every step of a series works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain import booking_history as history
from server.domain.audit import Audit
from server.domain.booking import Booking, BookingState
from server.domain.caller import Caller, Request, Role
from server.domain.cancel_reason import CancelReason
from server.domain.change import Change, Job, message_job
from server.domain.eligibility import must_be_reachable
from server.domain.errors import InvalidField, NotFound, SeriesClash, SessionFull, SlotTaken
from server.domain.facets import ChangeWanted
from server.domain.series import Occurrence, OccurrenceState, Series
from server.usecases.bookings.records import marking, promised
from server.usecases.claims import Claimed, Claims
from server.usecases.placing import Claim, Mark
from server.usecases.ports import Clock, Store, Transaction, Travel
from server.usecases.series.prospects import Prospect, Prospects
from server.usecases.slots import Slots

ATTEMPTS = 5
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Taking:
    """An occurrence that takes a time: where its series has it from now on, and the booking that it gets."""

    occurrence: Occurrence
    claim: Claim
    booking: Booking

    @property
    def booked(self) -> Occurrence:
        """The occurrence as it will be."""
        return replace(self.occurrence, state=OccurrenceState.BOOKED, why="", booking=self.booking)

    @property
    def mark(self) -> Mark:
        """What makes a stop its booking's."""
        return marking(self.booking)


class Desk:
    """The tools, and what the steps share."""

    def __init__(self, store: Store, travel: Travel, slots: Slots, claims: Claims, clock: Clock, region: str) -> None:
        self._store = store
        self._travel = travel
        self._claims = claims
        self._clock = clock
        self._region = region
        self._prospects = Prospects(slots, claims, clock)

    def _taking(self, series: Series, occurrence: Occurrence, claim: Claim) -> Taking:
        """Return the booking that an occurrence gets out of a claim, as if it had been asked for alone."""
        service = claim.wanted.service
        service.must_serve(series.purpose)
        must_be_reachable(service, series.customer)
        booking = Booking(
            id=self._store.ids.unguessable(),
            service=series.service,
            premises=series.premises,
            promise=claim.promise,
            customer=series.customer,
            state=BookingState.PENDING if service.needs_approval else BookingState.CONFIRMED,
            source=series.source,
            creator=series.creator,
            created=self._clock(),
            visit=self._store.ids.unguessable(),
            case=series.case,
            note=series.note,
            allow_duplicate=True,
            calendar_uid=series.calendar_uid,
            location=series.location,
            series=series.id,
            recurrence_start=occurrence.original,
            purpose=series.purpose,
            duration_minutes=series.duration_minutes,
        )
        return Taking(occurrence, claim, booking)

    def _promised(self, request: Request, claimed: Claimed, takings: Sequence[Taking]) -> Change:
        """Return the change with every new booking and what goes with it, nobody told yet."""
        change, now = claimed.change, self._clock()
        for one, crew in zip(takings, claimed.crews, strict=True):
            change = promised(change, one.booking, one.claim.wanted.service, crew[0], now, request.caller)
        return replace(change, jobs=claimed.change.jobs)

    def _audit(self, request: Request, action: str, series: Series, **detail: object) -> Audit:
        facts = tuple((name, str(value)) for name, value in detail.items())
        return Audit(self._clock(), request.caller.principal, action, series.name, facts)


def told(bookings: Sequence[Booking], kind: str) -> tuple[Job, ...]:
    """Return the one job that tells of several bookings: keyed by the first of them."""
    first = min(bookings, key=lambda booking: booking.promise, default=None)
    return (message_job(first, kind),) if first else ()


def confirmed(booking: Booking) -> str:
    """Return the kind of message that tells of a new booking."""
    return "booking.requested" if booking.state is BookingState.PENDING else history.CONFIRMED


def seen(tx: Transaction, caller: Caller, name: str, lock: bool = False) -> Series:
    """Return a series that the caller may know of, or refuse."""
    series = tx.series.get(name, lock)
    if caller.role is Role.PARTNER and series.creator != caller.principal:
        raise NotFound(f"there is no series {name!r}", name=name)
    return series


def forget_requests(tx: Transaction, bookings: Sequence[Booking], now: datetime) -> None:
    """Forget what was asked for bookings that are over; the time that was kept for it runs out by itself."""
    for number in tx.change_requests.of([booking.id for booking in bookings]):
        tx.change_requests.delete(number)
        tx.facets.save(number, ChangeWanted.NONE, now)


def usable_reason(tx: Transaction, caller: Caller, code: str) -> CancelReason:
    """Return the reason to cancel for, or refuse one that the caller may not use."""
    reason = tx.reasons.get(code)
    if not reason.may_be_used_by(caller):
        raise InvalidField.of("reason", f"{code} is not for the role {caller.role.value}: see ListCancelReasons")
    return reason


def clash(prospects: Sequence[Prospect]) -> SeriesClash:
    """Return the refusal that names the occurrences which cannot be booked."""
    named = [f"{one.start.isoformat()} {one.why}" for one in prospects if one.why]
    return SeriesClash(
        f"{len(named)} of {len(prospects)} occurrences cannot be booked: {', '.join(named[:MOST_NAMED])}; "
        "ask PreviewSeries for alternatives, take them out with exdates, or choose another clash_policy",
        clashes=", ".join(named[:MOST_NAMED]),
        clash_count=len(named),
    )


def start_of(gone: SlotTaken | SessionFull) -> datetime:
    """Return the start that somebody else was faster to take."""
    return datetime.fromisoformat(gone.facts["start_time"])


def with_sessions(takings: Sequence[Taking], claimed: Claimed) -> list[Taking]:
    """Return what took a time with the session in which it has its seat, where it has one."""
    pairs = zip(takings, claimed.sessions, strict=True)
    return [replace(one, booking=replace(one.booking, session=session)) for one, session in pairs]
