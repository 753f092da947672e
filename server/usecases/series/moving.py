"""Moving occurrences: one on its own, or every later one together; all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain import booking_history as history
from server.domain import local_time
from server.domain.booking import BookingState
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.commands import SeriesMove
from server.domain.errors import IllegalTransition, InvalidField, NotFound, SessionFull, SlotTaken, StaleEtag
from server.domain.series import Move, Occurrence, OccurrenceState, Scope, Series, SeriesView
from server.usecases.bookings.records import settled_repairs, withdrawn
from server.usecases.claims import Claimed
from server.usecases.ports import Transaction
from server.usecases.series.desk import ATTEMPTS, Desk, Taking, clash, forget_requests, seen, start_of, told, with_sessions
from server.usecases.series.prospects import Asked, Prospect

FREE_TO_BOOK = frozenset({OccurrenceState.INTENDED, OccurrenceState.SKIPPED, OccurrenceState.CLASHED})


@dataclass(frozen=True, slots=True)
class Target:
    """An occurrence and the instant it moves to; `follows`: as part of its series, so that it is no exception."""

    occurrence: Occurrence
    start: datetime
    follows: bool

    @property
    def moved(self) -> Occurrence:
        """The occurrence with its new start, if its series moves."""
        return replace(self.occurrence, start=self.start) if self.follows else self.occurrence


class Moving(Desk):
    """Moves bookings of a series as reschedules do: old ones closed, new ones linked, in one transaction."""

    def move(self, request: Request, wanted: SeriesMove) -> SeriesView:
        """Move what the scope names. Past, begun and final occurrences stay, and so do exceptions unless named alone."""
        taken = set[datetime]()
        for _ in range(ATTEMPTS):
            with self._store.begin(request) as tx:
                series = seen(tx, request.caller, wanted.name)
                series.must_be(wanted.etag)
                targets = self._targets(series, tx.series.occurrences(series.id), wanted)
                asked = asked_for(series, targets)
                prospects = self._prospects.look(tx, request.caller, series, asked, taken, with_alternatives=False)
                takings = self._takings(request, series, targets, prospects)
            try:
                return self._moved(request, series, targets, takings)
            except (SlotTaken, SessionFull) as gone:
                taken.add(start_of(gone))
        raise clash(prospects)

    def _targets(self, series: Series, occurrences: Sequence[Occurrence], wanted: SeriesMove) -> list[Target]:
        now, zone = self._clock(), local_time.zone(series.pattern.zone)
        if wanted.scope is Scope.THIS:
            if wanted.start is None:
                raise InvalidField.of("start_time", "is missing: one occurrence moves to a start_time")
            one = named(series, occurrences, wanted.original)
            if one.state not in FREE_TO_BOOK:
                must_be_open(series, one, now)
            return [Target(one, wanted.start, follows=False)]
        if wanted.start is not None or wanted.by == Move():
            raise InvalidField.of("days", f"is missing: {wanted.scope.value} moves by days, to a time_of_day, or both")
        reached = [one for one in in_scope(series, occurrences, wanted.scope, wanted.original) if one.follows(now)]
        if not reached:
            raise IllegalTransition(f"{series.name} has no occurrence left that could move", series=series.name)
        return [Target(one, wanted.by.moved(one.start, zone), follows=True) for one in reached]

    def _takings(
        self, request: Request, series: Series, targets: Sequence[Target], prospects: Sequence[Prospect]
    ) -> list[Taking]:
        """Return what takes a time; an intention that stays one does not. What has a booking must get another."""
        checked = [
            replace(prospect, why="NO_SHIFT") if prospect.is_intention and target.occurrence.booking else prospect
            for target, prospect in zip(targets, prospects, strict=True)
        ]
        if any(one.why for one in checked):
            raise clash(checked)
        pairs = zip(targets, checked, strict=True)
        return [self._new_booking(series, target, p, request) for target, p in pairs if p.claim]

    def _new_booking(self, series: Series, target: Target, prospect: Prospect, request: Request) -> Taking:
        assert prospect.claim is not None
        taking = self._taking(series, target.moved, prospect.claim)
        old = target.occurrence.booking
        if old is None:
            return taking
        asks = prospect.claim.wanted.service.needs_approval and not request.caller.is_staff
        if asks and old.state is BookingState.CONFIRMED:
            raise IllegalTransition(
                f"{old.name} was approved for its time: ask for another with RequestChange",
                booking=old.name,
                from_state=old.state.value,
                to_state=BookingState.PENDING.value,
            )
        new = replace(
            taking.booking,
            customer=old.customer,
            note=old.note,
            state=BookingState.PENDING if asks else old.state,
            revision=old.revision + 1,
            rescheduled_from=old.id,
            calendar_uid=old.calendar_uid,
        )
        return replace(taking, booking=new)

    def _moved(self, request: Request, series: Series, targets: Sequence[Target], takings: Sequence[Taking]) -> SeriesView:
        changed = series.changed()

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, SeriesView]:
            if tx.series.get(series.name, lock=True).version != series.version:
                raise StaleEtag(f"{series.name} has changed meanwhile: read it again", name=series.name)
            seated = with_sessions(takings, claimed)
            change = self._promised(request, claimed, seated)
            for one in seated:
                change = self._closed(tx, request, change, one)
            booked = {one.occurrence.original for one in seated}
            kept = [target.moved for target in targets if target.occurrence.original not in booked]
            tx.series.put([*(one.booked for one in seated), *kept])
            tx.series.save(changed)
            jobs = told([one.booking for one in seated], "series.rescheduled")
            audit = self._audit(request, "series.moved", series, occurrences=len(targets))
            change = replace(change, jobs=(*change.jobs, *jobs), audits=(*change.audits, audit))
            return change, self._view(tx, changed, seated)

        claims, marks = [one.claim for one in takings], [one.mark for one in takings]
        return self._claims.take_all(request, claims, marks, finish)

    def _closed(self, tx: Transaction, request: Request, change: Change, taking: Taking) -> Change:
        """Return the change with the booking that a new one replaces closed and linked."""
        if not taking.booking.rescheduled_from:
            return change
        old = tx.bookings.some([taking.booking.rescheduled_from])[taking.booking.rescheduled_from]
        known = taking.occurrence.booking
        if known is None or old.version != known.version:
            raise StaleEtag(f"{old.name} has changed meanwhile: read the series again", name=old.name, etag=old.etag)
        closed = replace(old.to(BookingState.RESCHEDULED), rescheduled_to=taking.booking.id, revision=old.revision + 1)
        forget_requests(tx, [old], self._clock())
        event = history.event(history.RESCHEDULED, old, closed, request.caller.principal, self._clock())
        return replace(
            change,
            bookings=(closed, *change.bookings),
            visits=(*change.visits, *withdrawn(tx, old)),
            events=(*change.events, event),
            repairs=(*change.repairs, *settled_repairs(tx, old, history.RESCHEDULED)),
        )

    @staticmethod
    def _view(tx: Transaction, series: Series, takings: Sequence[Taking]) -> SeriesView:
        """Return the series as it will be: the bookings are not written yet."""
        new = {one.occurrence.original: one.booked for one in takings}
        return SeriesView(series, tuple(new.get(one.original, one) for one in tx.series.occurrences(series.id)))


def asked_for(series: Series, targets: Sequence[Target]) -> list[Asked]:
    """Return what the targets ask for: where one moves to a date that another one leaves, that one is not in its way."""
    zone = local_time.zone(series.pattern.zone)
    leaving = {local_time.local_date(old.promise.start, zone): old.id for one in targets if (old := one.occurrence.booking)}
    asked = []
    for one in targets:
        own = one.occurrence.booking.id if one.occurrence.booking else 0
        asked.append(Asked(one.start, leaving.get(local_time.local_date(one.start, zone), own), own))
    return asked


def named(series: Series, occurrences: Sequence[Occurrence], original: datetime | None) -> Occurrence:
    """Return the occurrence that the pattern has at `original`, or refuse."""
    for one in occurrences:
        if one.original == original:
            return one
    told_as = original.isoformat() if original else "(no occurrence_time)"
    raise NotFound(f"{series.name} has no occurrence {told_as}: see ListOccurrences", name=series.name)


def in_scope(series: Series, occurrences: Sequence[Occurrence], scope: Scope, original: datetime | None) -> list[Occurrence]:
    """Return the occurrences that a scope means: FOLLOWING from `original` on, ALL whatever it is."""
    if scope is Scope.ALL:
        return list(occurrences)
    first = named(series, occurrences, original)
    if scope is Scope.THIS:
        return [first]
    return [one for one in occurrences if one.original >= first.original]


def must_be_open(series: Series, occurrence: Occurrence, now: datetime) -> None:
    """Refuse an occurrence that is past, begun or final."""
    if not occurrence.ends_with_series(now):
        state = occurrence.booking.state.value if occurrence.booking else occurrence.state.value
        raise IllegalTransition(
            f"the occurrence {occurrence.original.isoformat()} of {series.name} is {state} or over and stays as it is",
            series=series.name,
            from_state=state,
        )
