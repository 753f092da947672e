"""Facts over promises: an absence can always be recorded; what it collides with opens a repair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from server.domain.caller import Caller, Request
from server.domain.change import Change
from server.domain.commands import NewAbsence
from server.domain.errors import IllegalTransition, InvalidField
from server.domain.facts import Absence, AbsenceOutcome, Repair, RepairState
from server.domain.paging import Listing, Page
from server.domain.resource_day import Fact, ResourceDay, Stop
from server.domain.spans import Span
from server.domain.visit import VisitState
from server.usecases import repairs as repairs_of
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.ports import ChangedMeanwhile, Clock, DayKey, Store, Transaction, Travel

LONGEST = timedelta(days=366)


class Availability:
    """Absences and the repairs that they call for."""

    def __init__(self, store: Store, travel: Travel, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._clock = clock

    def create_absence(self, request: Request, new: NewAbsence) -> AbsenceOutcome:
        """Record an absence. Planned visits without a booking go back to OPEN; promises keep their time."""
        request.caller.must_be_officer(new.officer)
        if new.span.end - new.span.start > LONGEST:
            raise InvalidField.of("absence.interval", f"is longer than {LONGEST.days} days: record it in parts")
        with self._store.begin(request) as tx:
            officer = tx.organisation.officer(new.officer, self._clock().date()).id
        absence = Absence(self._store.ids.unguessable(), new.officer, new.span, new.kind or "absence")

        def keys(tx: Transaction) -> set[DayKey]:
            own = tx.days.overlapping(officer, new.span)
            hit = [stop.visit for day in tx.days.get(own).values() for stop in _freed(day, new.span)]
            return {*own, *tx.days.of_visits(hit)}

        def decide(tx: Transaction, locked: LockedDays) -> AbsenceOutcome:
            tx.facts.add(absence)
            if keys(tx) - locked.before.keys():
                raise ChangedMeanwhile  # a shift was added since the days were locked, by whoever kept the absence waiting
            return self._recorded(tx, locked, absence, officer)

        return change_days(self._store, self._travel, self._clock(), request, keys, (), decide)

    def _recorded(self, tx: Transaction, locked: LockedDays, absence: Absence, officer: int) -> AbsenceOutcome:
        own = [day for day in locked.now.values() if day.resource == officer and day.span.overlaps(absence.span)]
        hit = tx.visits.some({stop.visit for day in own for stop in _freed(day, absence.span)})
        freed = {number for number, visit in hit.items() if visit.state is VisitState.PLANNED}
        after = []
        for day in locked.now.values():
            kept = day.without([s.occupancy for s in day.stops if s.visit in freed], locked.legs_of(day))
            after.append(settled(_with_fact(kept, absence) if day in own else kept, self._store.ids))
        promised = {s.booking for d in after for s in _colliding(d, absence) if d.resource == officer and s.booking}
        now, cause = self._clock(), f"absence: {absence.kind}"
        repairs = tuple(
            repairs_of.opened(self._store.ids.unguessable(), booking, absence.officer, cause, now)
            for booking in tx.bookings.some(repairs_of.unknown(tx, promised, absence.officer)).values()
        )
        outcome = AbsenceOutcome(absence, repairs, tuple(sorted(freed)))
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(after),
            visits=tuple(hit[number].to(VisitState.OPEN) for number in freed),
            released_holds=locked.released_holds(),
            repairs=repairs,
        )
        tx.write(change, outcome)
        return outcome

    def delete_absence(self, request: Request, name: str) -> None:
        """Take an absence back. Repairs of promises that no longer collide are settled by it."""
        with self._store.begin(request) as tx:
            absence = tx.facts.get(name)
            request.caller.must_be_officer(absence.officer)
            officer = tx.organisation.officer(absence.officer, self._clock().date()).id

        def decide(tx: Transaction, locked: LockedDays) -> None:
            tx.facts.get(name)
            after, repairs = [], list[Repair]()
            for day in locked.now.values():
                hit = {stop.booking for stop in day.collisions() if stop.booking}
                free = replace(day, facts=tuple(fact for fact in day.facts if fact.overlay != absence.id))
                still = {stop.booking for stop in free.collisions()}
                repairs += repairs_of.settled(tx, sorted(hit - still), absence.officer, "the absence was taken back")
                after.append(settled(free, self._store.ids))
            change = Change(
                before=tuple(locked.before.values()),
                after=tuple(after),
                released_holds=locked.released_holds(),
                repairs=tuple(repairs),
            )
            tx.write(change, "")
            tx.facts.delete(absence)

        change_days(
            self._store,
            self._travel,
            self._clock(),
            request,
            lambda tx: tx.days.overlapping(officer, absence.span),
            (),
            decide,
        )

    def list_absences(self, caller: Caller, officer: str, page: Page) -> Listing[Absence]:
        """Return a page of an officer's absences, latest first; an officer sees the own ones only."""
        caller.must_be_officer(officer)
        with self._store.begin() as tx:
            tx.organisation.officer(officer, self._clock().date())
            return tx.facts.absences(officer, page)

    def list_repairs(self, caller: Caller, page: Page, show_resolved: bool) -> Listing[Repair]:
        """Return a page, most urgent first."""
        with self._store.begin() as tx:
            return tx.facts.repairs(page, show_resolved)

    def resolve(self, request: Request, name: str, resolution: str) -> Repair:
        """Settle a repair by hand."""
        with self._store.begin(request) as tx:
            repair = tx.facts.repair(name)
            if repair.state is RepairState.RESOLVED:
                raise IllegalTransition(f"{name} is settled already: {repair.resolution}", repair=name)
            settled_repair = replace(repair, state=RepairState.RESOLVED, resolution=resolution)
            tx.facts.save(settled_repair)
            tx.answer(settled_repair)
            return settled_repair


def _seconds(day: ResourceDay, span: Span) -> tuple[int, int] | None:
    both = day.span.intersection(span)
    return (day.span.offset(both.start), day.span.offset(both.end)) if both else None


def _freed(day: ResourceDay, span: Span) -> list[Stop]:
    """Return the planned visits without a booking whose busy time the span takes."""
    return [stop for stop in _hit(day, span) if stop.visit and not stop.booking]


def _hit(day: ResourceDay, span: Span) -> list[Stop]:
    bounds = _seconds(day, span)
    if bounds is None:
        return []
    return [stop for stop in day.everything() if stop.busy[0] < bounds[1] and bounds[0] < stop.busy[1]]


def _colliding(day: ResourceDay, absence: Absence) -> Iterable[Stop]:
    return [stop for stop in _hit(day, absence.span) if stop.is_promise]


def _with_fact(day: ResourceDay, absence: Absence) -> ResourceDay:
    bounds = _seconds(day, absence.span)
    return replace(day, facts=(*day.facts, Fact(absence.id, *bounds))) if bounds else day
