"""Putting a wrong end right: privileged and audited. Nothing becomes busy again."""

from __future__ import annotations

from dataclasses import replace

from server.domain import booking_history as history
from server.domain.audit import Audit
from server.domain.booking import Booking, BookingState, BookingView
from server.domain.caller import Request
from server.domain.cancel_reason import ABORTED
from server.domain.change import Change
from server.domain.commands import Correction
from server.domain.errors import InvalidField
from server.domain.outcome import Outcome, Party
from server.domain.visit import VisitState
from server.usecases.bookings.records import seen
from server.usecases.bookings.room import Room
from server.usecases.changing import LockedDays, settled
from server.usecases.ports import Transaction
from server.usecases.slots import without_booking

VISITS = {
    BookingState.COMPLETED: VisitState.DONE,
    BookingState.NO_SHOW: VisitState.NO_ACCESS,
    BookingState.CANCELLED: VisitState.WITHDRAWN,
}


class Correcting(Room):
    """Administrators only: the edge lets nobody else in."""

    def correct_outcome(self, request: Request, name: str, right: Correction, etag: str) -> BookingView:
        """Put the end of a booking right; one that turns out to be cancelled gives its rows back."""
        _must_be_whole(right)
        with self._store.begin(request) as tx:
            number = seen(tx, request.caller, name).booking.id
            if right.cancel_reason:
                tx.reasons.get(right.cancel_reason)

        def decide(tx: Transaction, locked: LockedDays) -> BookingView:
            booking = tx.bookings.get(name, lock=True)
            booking.must_be(etag)
            corrected = booking.corrected(right.state, right.cancel_reason)
            frees = right.state is BookingState.CANCELLED
            days = locked.now.values()
            after = [without_booking(day, number, locked.legs_of(day)) if frees else day for day in days]
            known = tx.outcomes.of([booking.visit]).get(booking.visit, Outcome())
            outcome = replace(right.outcome or known, started=known.started, ended=known.ended, party=right.party)
            visits = tx.visits.some([booking.visit]).values()
            change = Change(
                before=tuple(locked.before.values()),
                after=tuple(settled(day, self._store.ids) for day in after),
                bookings=(corrected,),
                visits=tuple(visit.corrected(VISITS[right.state]) for visit in visits),
                released_holds=locked.released_holds(),
                events=(self._event(request.caller, history.CORRECTED, booking, corrected, **_told(outcome)),),
                audits=(self._audit(request, booking, corrected, right),),
            )
            tx.write(change)
            tx.outcomes.save(booking.visit, outcome)
            view = tx.bookings.view([corrected])[0]
            tx.answer(view)
            return view

        return self._locked(request, lambda tx: tx.bookings.days(number), decide)

    def _audit(self, request: Request, before: Booking, after: Booking, right: Correction) -> Audit:
        detail = (("from", before.state.value), ("reason", right.reason), ("to", after.state.value))
        return Audit(self._clock(), request.caller.principal, "booking.corrected", before.name, detail)


def _must_be_whole(right: Correction) -> None:
    """Refuse a correction that says too little or too much."""
    if right.state not in VISITS:
        raise InvalidField.of("state", f"{right.state.value} is no end of work: {', '.join(s.value for s in VISITS)}")
    if (right.state is BookingState.NO_SHOW) != (right.party is not None):
        raise InvalidField.of("party", f"goes with NO_SHOW, and only with it, not with {right.state.value}")
    if (right.state is BookingState.CANCELLED) != right.cancel_reason.startswith(ABORTED):
        raise InvalidField.of(
            "cancel_reason", f"{right.cancel_reason!r} does not go with {right.state.value}: CANCELLED needs {ABORTED}*"
        )
    if right.cancel_reason and right.state is not BookingState.CANCELLED:
        raise InvalidField.of("cancel_reason", f"does not go with {right.state.value}: leave it empty")


def _told(outcome: Outcome) -> dict[str, str]:
    party: Party | None = outcome.party
    return {"outcome": outcome.code, "party": party.value if party else ""}
