"""Any sequence of deeds keeps every promise: the core against a model in plain Python, step by step."""

from datetime import date, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from server.domain import deeds
from server.domain.booking import BookingState, Slot
from server.domain.commands import NewBooking, SlotChoice
from server.domain.errors import (
    DuplicateBooking,
    HoldExpired,
    IllegalTransition,
    InvalidField,
    OutsideNotice,
    PlanStale,
    PlanState,
    SlotTaken,
    TooEarly,
)
from server.domain.outcome import Outcome, Party
from server.domain.spans import Span
from server.domain.visit import Visit
from server.store import tables
from tests.makers.office import DESK, HALL, open_office
from tests.makers.world import (
    ADVICE,
    BOSS,
    CALL,
    CUSTOMER,
    FRIDAY,
    INSPECTION,
    LICENCE,
    NIGHT,
    SATURDAY,
    SURPRISE,
    THURSDAY,
    World,
    at,
    between,
    settle,
)
from tests.usecases.model import Model

SERVICES = st.sampled_from([one.code for one in (ADVICE, CALL, INSPECTION, LICENCE, NIGHT, SURPRISE)])
SITES = st.integers(0, 5)
DAYS = st.sampled_from([THURSDAY, FRIDAY, SATURDAY])
HOURS = st.integers(7, 16)
ANY = st.integers(0, 999)
OFFICERS = st.sampled_from(["anna", "ben", "cleo"])


class Core(RuleBasedStateMachine):
    """The rules; `world` is given by the test that runs them."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        settle(self.world)
        open_office(self.world)
        self.model = Model()

    def offers(self, service: str, day: date, site: int, officer: str = "") -> list[Slot]:
        return self.world.search(service, between(day, 7, 30), site, officer=officer)

    @rule(service=SERVICES, day=DAYS, site=SITES, which=ANY)
    def book_what_is_offered(self, service: str, day: date, site: int, which: int) -> None:
        offers = self.offers(service, day, site)
        if offers:
            slot = offers[which % len(offers)]
            view = self.world.book(service, slot.promise.start, site)
            assert view.officers == (slot.officer,)
            self.model.made(view.booking)

    @rule(service=SERVICES, day=DAYS, hour=HOURS, site=SITES)
    def book_whatever_comes(self, service: str, day: date, hour: int, site: int) -> None:
        start = at(day, hour)
        offered = start in {slot.promise.start for slot in self.offers(service, day, site)}
        try:
            view = self.world.book(service, start, site)
        except (SlotTaken, OutsideNotice):
            assert not offered
        else:
            assert offered
            self.model.made(view.booking)

    @rule(which=ANY, minutes=st.sampled_from([0, 60]))
    def book_at_the_desk(self, which: int, minutes: int) -> None:
        span = between(THURSDAY, 7, 17)
        offers = self.world.search(DESK.code, span, location=HALL.code, duration_minutes=minutes)
        if offers:
            start = offers[which % len(offers)].promise.start
            choice = SlotChoice(DESK.code, 0, start, location=HALL.code, duration_minutes=minutes)
            view = self.world.app.bookings.create(self.world.request(), NewBooking(None, choice, CUSTOMER))
            self.model.made(view.booking)

    @rule(day=DAYS, hour=HOURS, site=SITES, officer=OFFICERS)
    def overbook(self, day: date, hour: int, site: int, officer: str) -> None:
        choice = self.world.choice(CALL.code, at(day, hour), site, officer)
        new = NewBooking(None, choice, CUSTOMER, overbook=True)
        try:
            view = self.world.app.bookings.create(self.world.request(BOSS), new)
        except (SlotTaken, OutsideNotice):  # no shift then, or three beside the route already
            return
        assert view.officers == (officer,)
        self.model.made(view.booking)

    @rule(day=DAYS, hour=HOURS, site=SITES, case=st.integers(1, 2))
    def book_for_a_case(self, day: date, hour: int, site: int, case: int) -> None:
        rival = any(one.case and one.case.external_id == f"C-{case}" for one in self.model.live())
        try:
            view = self.world.book(ADVICE.code, at(day, hour), site, case=f"C-{case}")
        except DuplicateBooking:
            assert rival
        except (SlotTaken, OutsideNotice):
            pass
        else:
            assert not rival
            self.model.made(view.booking)

    @rule(service=SERVICES, day=DAYS, site=SITES, which=ANY, ttl_s=st.integers(1, 900))
    def hold_what_is_offered(self, service: str, day: date, site: int, which: int, ttl_s: int) -> None:
        offers = self.offers(service, day, site)
        if offers:
            held = self.world.hold(service, offers[which % len(offers)].promise.start, site, ttl_s)
            self.model.holds[held.id] = held

    @precondition(lambda self: self.model.holds)
    @rule(which=ANY)
    def book_a_hold(self, which: int) -> None:
        held = list(self.model.holds.values())[which % len(self.model.holds)]
        stands = held.id in {row.id for row in self.world.rows(tables.hold)}
        try:
            view = self.world.book_hold(held)
        except HoldExpired:
            assert not stands
        else:
            assert stands
            assert view.booking.promise == held.promise
            self.model.made(view.booking)
        del self.model.holds[held.id]

    @precondition(lambda self: self.model.holds)
    @rule(which=ANY)
    def release_a_hold(self, which: int) -> None:
        held = self.model.holds.pop(list(self.model.holds)[which % len(self.model.holds)])
        self.world.app.holds.release(self.world.request(), held.name)

    @rule(seconds=st.integers(1, 900))
    def let_time_pass(self, seconds: int) -> None:
        self.world.clock.forward(seconds=seconds)

    @rule(hours=st.integers(4, 30))
    def let_hours_pass(self, hours: int) -> None:
        self.world.clock.forward(hours=hours)

    @precondition(lambda self: self.model.live())
    @rule(which=ANY, deed=st.sampled_from(["start", "complete", "no show"]), early=st.integers(0, 5400))
    def carry_out(self, which: int, deed: str, early: int) -> None:
        booking = self.model.live()[which % len(self.model.live())]
        told = min(self.world.clock(), booking.promise.end + timedelta(seconds=early))
        what = {
            "start": deeds.start(told),
            "complete": deeds.complete(told, Outcome(code="DONE")),
            "no show": deeds.no_show(told, Outcome(code="ABSENT"), Party.CUSTOMER),
        }[deed]
        try:
            view = self.world.app.bookings.carry_out(self.world.request(BOSS), booking.name, "", what)
        except (TooEarly, IllegalTransition, InvalidField):  # before its day, unapproved, or ended before it began
            return
        self.model.became(view.booking)

    @precondition(lambda self: self.model.live(BookingState.PENDING))
    @rule(which=ANY)
    def decline(self, which: int) -> None:
        pending = self.model.live(BookingState.PENDING)
        name = pending[which % len(pending)].name
        view = self.world.app.bookings.decline(self.world.request(BOSS), name, "")
        self.model.became(view.booking, "booking.cancelled")

    @rule()
    def sweep(self) -> None:
        self.world.app.holds.sweep()
        now = self.world.clock()
        assert all(row.expires_at > now for row in self.world.rows(tables.hold))

    @precondition(lambda self: self.model.live())
    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        live = self.model.live()
        view = self.world.cancel(live[which % len(live)])
        self.model.became(view.booking, "booking.cancelled")

    @precondition(lambda self: self.model.live(BookingState.PENDING))
    @rule(which=ANY)
    def approve(self, which: int) -> None:
        pending = self.model.live(BookingState.PENDING)
        name = pending[which % len(pending)].name
        view = self.world.app.bookings.approve(self.world.request(BOSS), name, "")
        self.model.became(view.booking, "booking.confirmed")

    @precondition(lambda self: self.model.live())
    @rule(which=ANY, day=DAYS, hour=HOURS)
    def reschedule(self, which: int, day: date, hour: int) -> None:
        old = self.model.live()[which % len(self.model.live())]
        try:
            new = self.world.reschedule(old, at(day, hour)).booking
        except (SlotTaken, OutsideNotice):
            return
        closed = self.world.booking(old)
        assert (closed.rescheduled_to, new.rescheduled_from) == (new.id, old.id)
        self.model.became(closed)
        self.model.made(new, "booking.rescheduled")

    @rule(officer=OFFICERS, day=DAYS, hour=st.integers(6, 15), hours=st.integers(1, 20))
    def record_an_absence(self, officer: str, day: date, hour: int, hours: int) -> None:
        start = at(day, hour)
        outcome = self.world.absent(officer, Span(start, start + timedelta(hours=hours)))
        self.model.absences.append(outcome.absence)

    @precondition(lambda self: self.model.absences)
    @rule(which=ANY)
    def take_an_absence_back(self, which: int) -> None:
        absence = self.model.absences.pop(which % len(self.model.absences))
        self.world.app.availability.delete_absence(self.world.request(BOSS), absence.name)

    @rule(sites=st.lists(SITES, min_size=1, max_size=3), weight=st.sampled_from([10, 90, 120]))
    def record_due_visits(self, sites: list[int], weight: int) -> None:
        self.model.due += self.world.due(*sites, weight=weight)

    @precondition(lambda self: self.model.due)
    @rule(which=ANY)
    def withdraw_a_visit(self, which: int) -> None:
        visit = self.model.due.pop(which % len(self.model.due))
        self.world.app.visits.withdraw(self.world.request(BOSS), visit.name, "")
        self.model.withdrawn.add(visit.id)

    @precondition(lambda self: self.model.due)
    @rule(day=st.sampled_from([THURSDAY, FRIDAY]), which=ANY, hour=st.integers(8, 14), meanwhile=st.booleans())
    def publish_a_plan(self, day: date, which: int, hour: int, meanwhile: bool) -> None:
        """A plan by hand that puts two due visits on two officers; something may be booked between plan and publishing."""
        visits = [self.model.due[(which + k) % len(self.model.due)] for k in range(2)]
        plan = self.world.plan(day, self._routes(day, hour, visits))
        if meanwhile:
            self.book_what_is_offered(ADVICE.code, day, which % 6, which)
        try:
            published = self.world.publish(plan)
        except (PlanStale, PlanState):  # what came meanwhile finds no place, or the day has begun
            return
        assert {*published.published, *published.reconciled, *published.unchanged} == {"anna", "ben"}

    def _routes(self, day: date, hour: int, visits: list[Visit]) -> dict[str, list[tuple[Visit, datetime]]]:
        anna, ben = self.world.day("anna", day), self.world.day("ben", day)
        free = [one for one in visits if not anna.stop_of_visit(one.id) and not ben.stop_of_visit(one.id)]
        if len(free) == 2 and free[0].id == free[1].id:
            free.pop()
        wanted = zip(("anna", "ben"), free, strict=False)
        return {"anna": [], "ben": []} | {code: [(visit, at(day, hour))] for code, visit in wanted}

    @invariant()
    def every_promise_is_kept(self) -> None:
        self.model.must_be_stored(self.world, self.world.clock())


def _run(opened: World, examples: int, steps: int) -> None:
    Core.world = opened
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Core,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=quiet,
            # A short sequence is read as it is: making it shorter takes minutes.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )


@pytest.mark.parametrize("part", range(8))
def test_every_promise_survives_a_short_day(opened: World, part: int) -> None:
    """Two hundred sequences, in parts that run beside each other."""
    _run(opened, 25, 12)


@pytest.mark.long
@pytest.mark.parametrize("part", range(20))
def test_every_promise_survives_long_days(opened: World, part: int) -> None:
    """Two thousand sequences."""
    _run(opened, 100, 30)
