"""Deciding on a booking: approve, decline, cancel; and what lapses because nobody decided."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from server.domain import booking_history as history
from server.domain import cancel_reason as reasons
from server.domain.booking import Booking, BookingState, BookingView
from server.domain.caller import Caller, Request
from server.domain.cancel_reason import ReasonKind
from server.domain.change import Change, message_job
from server.domain.commands import SlotChoice
from server.domain.errors import DomainError, IllegalTransition, StaleEtag, StoreUnavailable
from server.domain.spans import Span
from server.usecases.bookings.records import Move, seen, settled_repairs, withdrawn
from server.usecases.bookings.room import SYSTEM, Room
from server.usecases.changing import LockedDays, settled
from server.usecases.placing import Claim
from server.usecases.ports import Transaction
from server.usecases.slots import without_booking

LONGEST_SEARCH = timedelta(days=62)
MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a person or the server decided on. `alternatives` are proposed instead of what is taken back."""

    kind: str
    move: Move
    alternatives: tuple[Span, ...] = ()

    @property
    def told(self) -> dict[str, str]:
        """What the event says beside what follows from the states."""
        starts = ",".join(one.start.isoformat() for one in self.alternatives)
        return {"alternatives": starts} if starts else {}


class Deciding(Room):
    """PENDING becomes firm or ends; what is firm ends, for a reason."""

    def approve(self, request: Request, name: str, etag: str) -> BookingView:
        """Make a PENDING booking firm."""
        return self._decide(
            request.caller, request, name, etag, Step(history.CONFIRMED, lambda b: b.to(BookingState.CONFIRMED))
        )

    def decline(self, request: Request, name: str, etag: str) -> BookingView:
        """Turn a PENDING booking down, with alternatives."""

        def move(booking: Booking) -> Booking:
            if booking.state is not BookingState.PENDING:
                raise IllegalTransition(
                    f"a booking that is {booking.state.value} is not declined, only a PENDING one is: cancel it",
                    booking=booking.name,
                    from_state=booking.state.value,
                    to_state=BookingState.CANCELLED.value,
                )
            return booking.cancel(reasons.DECLINED)

        return self._decide(request.caller, request, name, etag, Step(history.CANCELLED, move, self._instead(request, name)))

    def cancel(self, request: Request, name: str, reason: str, etag: str) -> BookingView:
        """End a live booking for a reason and free its time; one that is the authority's comes with alternatives."""
        with self._store.begin(request) as tx:
            known = tx.reasons.get(reason)

        def move(booking: Booking) -> Booking:
            cancelled = booking.cancel(reason)
            known.must_suit(booking, request.caller)
            return cancelled

        instead = self._instead(request, name) if known.kind is ReasonKind.AUTHORITY else ()
        return self._decide(request.caller, request, name, etag, Step(history.CANCELLED, move, instead))

    def _instead(self, request: Request, name: str) -> tuple[Span, ...]:
        """Return promises that could be made instead of a booking's, the nearest first; none where it is not live."""
        with self._store.begin(request) as tx:
            booking = seen(tx, request.caller, name).booking
            if booking.state not in (BookingState.PENDING, BookingState.CONFIRMED):
                return ()
            choice = SlotChoice(
                booking.service, booking.premises, self._clock(), "", booking.location, booking.duration_minutes
            )
            with suppress(DomainError):  # what cannot be promised any more has no alternatives
                wanted = self._wanted(tx, request.caller, choice)
                near = self._claims.alternatives(tx, Claim(wanted, booking.promise))
                ahead = Span(self._clock(), self._clock() + LONGEST_SEARCH)
                return tuple((near or self._slots.promises(tx, wanted, ahead))[:MOST_ALTERNATIVES])
        return ()

    def _decide(self, caller: Caller, request: Request | None, name: str, etag: str, step: Step) -> BookingView:
        with self._store.begin(request) as tx:
            number = seen(tx, caller, name).booking.id

        def decide(tx: Transaction, locked: LockedDays) -> tuple[BookingView, int]:
            booking = tx.bookings.get(name, lock=True)
            booking.must_be(etag)
            return self._moved(tx, locked, caller, booking, step)

        view, hold = self._locked(request, lambda tx: tx.bookings.days(number), decide)
        self._release(hold)
        return view

    def _moved(
        self, tx: Transaction, locked: LockedDays, caller: Caller, booking: Booking, step: Step
    ) -> tuple[BookingView, int]:
        moved = step.move(booking)
        frees = moved.state is BookingState.CANCELLED
        days = locked.now.values()
        after = [without_booking(day, booking.id, locked.legs_of(day)) if frees else day for day in days]
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in after),
            bookings=(moved,),
            visits=withdrawn(tx, booking) if frees else (),
            released_holds=locked.released_holds(),
            events=(self._event(caller, step.kind, booking, moved, **step.told),),
            repairs=settled_repairs(tx, booking, step.kind) if frees else (),
            jobs=(message_job(moved, step.kind),),
        )
        view, hold = tx.bookings.view([moved])[0], 0
        if frees:
            view, hold = self._end_request(tx, view)
            view = replace(view, officers=(), planned_start=None, alternatives=step.alternatives)
        tx.write(change, view)
        return view, hold

    def lapse(self, limit: int = 100) -> int:
        """End requests that nobody decided on in time; return how many. Each is its own transaction."""
        if not self._policy.approval_hours:
            return 0
        now = self._clock()
        with self._store.begin() as tx:
            late = tx.bookings.undecided(now - timedelta(hours=self._policy.approval_hours), now, limit)
        for booking in late:
            step = Step(history.CANCELLED, lambda b: b.cancel(reasons.APPROVAL_TIMEOUT))
            with suppress(StoreUnavailable, StaleEtag):  # somebody works on that day, or has decided just now
                self._decide(SYSTEM, None, booking.name, booking.etag, step)
        return len(late)
