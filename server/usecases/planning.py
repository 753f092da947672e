"""Planning: read, solve, check, publish. No solver runs inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from server.domain import local_time
from server.domain.caller import Caller, Request
from server.domain.catalogue import Service
from server.domain.change import Change, Job
from server.domain.commands import RunPlan
from server.domain.errors import NoShift, PlanRejected, PlanState
from server.domain.facts import Repair
from server.domain.geography import Position
from server.domain.ids import encode
from server.domain.operation import Operation
from server.domain.organisation import Premises, Team
from server.domain.paging import Listing, Page
from server.domain.plan import Plan, PlanView, Published, State
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.usecases import repairs
from server.usecases.changing import LockedDays, change_days, measure, settled
from server.usecases.ports import (
    Clock,
    DayKey,
    Inserter,
    OpeningHours,
    PlannableVisit,
    Planner,
    PlanningInput,
    Store,
    Transaction,
    Travel,
)
from server.usecases.publishing import Merged, Merger, proposed_days

MOST_VISITS = 2_000
ONE_SECOND = timedelta(seconds=1)


class PlanningFailed(Exception):
    """A run ended without a plan; `reason` is a name of fieldwork.v1.Reason."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Planning:
    """Plans for a team and a date."""

    def __init__(
        self,
        store: Store,
        travel: Travel,
        inserter: Inserter,
        planner: Planner,
        hours: OpeningHours,
        clock: Clock,
    ) -> None:
        self._store = store
        self._travel = travel
        self._inserter = inserter
        self._planner = planner
        self._hours = hours
        self._clock = clock

    def run(self, request: Request, asked: RunPlan) -> Operation:
        """Queue a run; the worker executes it."""
        with self._store.begin(request) as tx:
            team = tx.organisation.team(asked.team)
            days = _days(tx, team, asked.day)
            if not days:
                raise NoShift(f"nobody of teams/{asked.team} has a shift on {asked.day}", team=asked.team, day=asked.day)
            _must_be_ahead(days, self._clock())
            operation = Operation(
                id=self._store.ids.unguessable(),
                team=asked.team,
                day=asked.day,
                seconds=asked.seconds,
                seed=asked.seed,
                phase="queued",
                progress_percent=0,
                created=self._clock(),
            )
            tx.plans.add_operation(operation)
            job = Job("planning.run", "planning", {"operation": operation.id}, lock=f"plan {asked.team} {asked.day}")
            tx.write(Change(jobs=(job,)), operation)
            return operation

    def execute(self, number: int, last_try: bool = False) -> None:
        """Execute a queued run: read, solve, check, record. Running it twice is harmless: a run that is done stays.

        On the last try a defect ends the run too, so that nobody waits for it.
        """
        try:
            self._execute(number)
        except Exception:
            if last_try:
                self.fail(number, "the run stopped at a defect of ours three times: the worker's log has it")
            raise

    def _execute(self, number: int) -> None:
        name = f"operations/{encode(number)}"
        with self._store.begin() as tx:
            operation = tx.plans.operation(name)
            if operation.done:
                return
            tx.plans.save_operation(replace(operation, phase="reading", progress_percent=5))
            given = self._read(tx, operation.team, operation.day)
        try:
            plan, problem = self._planner.plan(
                given,
                self._travel,
                operation.seconds,
                operation.seed,
                self._store.ids.unguessable(),
                self._clock(),
                lambda phase, percent: self._tell(name, phase, percent),
            )
        except PlanningFailed as failed:
            self._end(name, error=(failed.reason, str(failed)))
            return
        with self._store.begin() as tx:
            current = tx.plans.operation(name, lock=True)
            if current.done:
                return
            tx.plans.add(plan, problem)
            tx.plans.save_operation(replace(current, phase="done", progress_percent=100, plan=plan.id))

    def fail(self, number: int, message: str) -> None:
        """End a run that nobody will execute any more."""
        self._end(f"operations/{encode(number)}", error=("DEFECT", message))

    def _end(self, name: str, error: tuple[str, str]) -> None:
        with self._store.begin() as tx:
            operation = tx.plans.operation(name, lock=True)
            if not operation.done:
                tx.plans.save_operation(replace(operation, phase="done", progress_percent=100, error=error))

    def _tell(self, name: str, phase: str, percent: int) -> bool:
        with self._store.begin() as tx:
            operation = tx.plans.operation(name, lock=True)
            if operation.done:
                return True
            if (operation.phase, operation.progress_percent) != (phase, percent):
                tx.plans.save_operation(replace(operation, phase=phase, progress_percent=percent))
            return operation.cancel_requested

    def get(self, caller: Caller, name: str) -> PlanView:
        """Return a plan with its routes as it proposes them."""
        with self._store.begin() as tx:
            plan = tx.plans.get(name)
            given = self._read(tx, plan.team, plan.day, with_visits=_visits_of(plan))
        legs = measure(self._travel, given.days, _places(given))
        days = proposed_days(plan, given, legs)
        with self._store.begin() as tx:
            return PlanView(plan, tuple(tx.routes.drawn(days)))

    def list(self, caller: Caller, page: Page, team: str) -> Listing[Plan]:
        """Return a page, newest first."""
        with self._store.begin() as tx:
            return tx.plans.listing(page, team)

    def check(self, caller: Caller, name: str) -> PlanView:
        """Run the independent checker over an unpublished plan again."""
        with self._store.begin() as tx:
            plan, problem = tx.plans.get(name), tx.plans.problem(name)
        if plan.state not in (State.DRAFT, State.CHECKED, State.REJECTED):
            raise PlanState(f"{name} is {plan.state.value}: only an unpublished plan is checked", plan=name)
        breaches = self._planner.check(problem)
        wanted = State.REJECTED if breaches else State.CHECKED
        if wanted is not plan.state:
            with self._store.begin() as tx:
                tx.plans.save(replace(tx.plans.get(name, lock=True).to(wanted), breaches=breaches))
        return self.get(caller, name)

    def discard(self, request: Request, name: str) -> Plan:
        """Throw an unpublished plan away."""
        with self._store.begin(request) as tx:
            plan = tx.plans.get(name, lock=True).to(State.DISCARDED)
            tx.plans.save(plan)
            tx.answer(plan)
            return plan

    def publish(self, request: Request, name: str, etag: str) -> Published:
        """Make a CHECKED plan the officers' routes, group by group of officers who exchange visits, in one transaction."""
        with self._store.begin(request) as tx:
            plan = tx.plans.get(name)
            plan.must_be(etag)
            if plan.state is State.REJECTED:
                raise PlanRejected(f"the checker refuses {name}: {'; '.join(plan.breaches[:3])}", plan=name)
            plan.to(State.PUBLISHED)
            given = self._read(tx, plan.team, plan.day, with_visits=_visits_of(plan))
            _must_be_ahead(given.days, self._clock())

        def keys(tx: Transaction) -> set[DayKey]:
            return {(plan.day, route.officer) for route in plan.routes}

        def decide(tx: Transaction, locked: LockedDays) -> Published:
            return self._published(tx, locked, name, given)

        return change_days(self._store, self._travel, self._clock(), request, keys, _places(given), decide)

    def _published(self, tx: Transaction, locked: LockedDays, name: str, given: PlanningInput) -> Published:
        current = tx.plans.get(name, lock=True)
        plan = replace(current.to(State.PUBLISHED), published=self._clock())
        visits = tx.visits.some(_visits_of(plan) | {s.visit for d in locked.now.values() for s in d.stops if s.visit})
        elsewhere = set(tx.days.of_visits(list(visits))) - set(locked.before)
        away = {stop.visit for day in tx.days.get(elsewhere).values() for stop in day.stops}
        away -= {stop.visit for day in locked.now.values() for stop in day.stops}  # a crew of several teams
        merged = Merger(self._inserter, self._store.ids, given, locked, visits, away).merge(plan)
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in merged.days),
            visits=_moved_visits(merged, visits),
            released_holds=locked.released_holds(),
            repairs=_settled_by(tx, locked, merged, plan),
        )
        tx.write(change)
        for older in tx.plans.published(plan.team, plan.day):
            tx.plans.save(older.to(State.SUPERSEDED))
        tx.plans.save(plan)
        published = Published(plan, merged.published, merged.reconciled, merged.unchanged)
        tx.answer(published)
        return published

    def _read(self, tx: Transaction, team_code: str, day: date, with_visits: set[int] | None = None) -> PlanningInput:
        """Return what a plan depends on; `with_visits`: these visits instead of the team's open ones."""
        team = tx.organisation.team(team_code)
        officers = tuple(tx.organisation.everyone(day, team_code))
        days = _days(tx, team, day)
        on_route = {stop.visit for resource_day in days for stop in resource_day.stops if stop.visit}
        wanted = tx.visits.some(on_route | (with_visits or set()))
        if with_visits is None:
            wanted |= {visit.id: visit for visit in tx.visits.to_plan(team_code, MOST_VISITS)}
        services = tx.services.some({visit.service for visit in wanted.values()})
        places = tx.places.some({visit.premises for visit in wanted.values() if visit.premises})
        promises = {b.id: b.promise for b in tx.bookings.some({v.booking for v in wanted.values() if v.booking}).values()}
        plannable = tuple(
            PlannableVisit(
                visit=visit,
                service=services[visit.service],
                premises=places.get(visit.premises),
                windows=windows,
                promised=bool(visit.booking),
                closed=windows == _never(day, team),
            )
            for visit in sorted(wanted.values(), key=lambda visit: (visit.created, visit.id))
            for windows in [self._windows(visit, services[visit.service], places.get(visit.premises), promises, team, day)]
        )
        return PlanningInput(team, day, officers, tuple(days), plannable)

    def _windows(
        self,
        visit: Visit,
        service: Service,
        premises: Premises | None,
        promises: dict[int, Span],
        team: Team,
        day: date,
    ) -> tuple[Span, ...]:
        """Return when work may start: inside the promise, else while the place is open and work ends before it closes."""
        if visit.booking:
            return (promises[visit.booking],)
        if premises is None or service.remote:
            return ()
        opening = self._hours.windows(premises.opening_hours, day, team.zone) if premises.opening_hours else None
        if opening is None:
            return ()
        work = timedelta(seconds=service.work_s)
        fitting = tuple(Span(w.start, w.end - work + ONE_SECOND) for w in opening if w.end - work >= w.start)
        return fitting or _never(day, team)


def _must_be_ahead(days: Iterable[ResourceDay], now: datetime) -> None:
    """Refuse to plan a day that has begun: a plan knows nothing yet of what is under way."""
    begun = min(day.span.start for day in days)
    if begun <= now:
        raise PlanState(f"the day began at {begun.isoformat()}: a day is planned and published before its first shift")


def _never(day: date, team: Team) -> tuple[Span, ...]:
    """Return a window that no shift of that day reaches: the place is closed."""
    end = local_time.midnight_span(day, local_time.zone(team.zone)).end + timedelta(days=2)
    return (Span(end, end + ONE_SECOND),)


def _days(tx: Transaction, team: Team, day: date) -> list[ResourceDay]:
    officers = [officer.id for officer in tx.organisation.everyone(day, team.code)]
    return tx.days.search(officers, day, day + timedelta(days=1))


def _visits_of(plan: Plan) -> set[int]:
    routed = {stop.visit for route in plan.routes for stop in route.stops if stop.visit}
    return routed | {left.visit for left in plan.unassigned}


def _places(given: PlanningInput) -> set[Position]:
    """Return where visits are: their premises, or where these were when the visit was put on a route."""
    placed = {stop.place for day in given.days for stop in day.stops if stop.place is not None}
    return placed | {v.premises.position for v in given.visits if v.premises and not v.service.remote}


def _moved_visits(merged: Merged, visits: dict[int, Visit]) -> tuple[Visit, ...]:
    """Return the visits whose state changes: those that are now on a route, and those that no longer are."""
    on_route = {stop.visit for day in merged.days for stop in day.stops if stop.visit}
    moved = []
    for number, visit in visits.items():
        if number in on_route and visit.state is VisitState.OPEN:
            moved.append(visit.to(VisitState.PLANNED))
        elif number in merged.released and visit.state is VisitState.PLANNED:
            moved.append(visit.to(VisitState.OPEN))
    return tuple(moved)


def _settled_by(tx: Transaction, locked: LockedDays, merged: Merged, plan: Plan) -> tuple[Repair, ...]:
    """Return the repairs of promises that no longer collide with an absence, because the plan moved them."""
    codes = {route.officer: route.officer_code for route in plan.routes}
    after = {day.resource: {stop.booking for stop in day.collisions()} for day in merged.days}
    settled: list[Repair] = []
    for day in locked.now.values():
        gone = {stop.booking for stop in day.collisions() if stop.booking} - after[day.resource]
        settled += repairs.settled(tx, sorted(gone), codes[day.resource], f"{plan.name} moved it")
    return tuple(settled)
