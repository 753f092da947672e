"""A small authority on a virtual clock: three officers, a few premises, one service of every sort.

No road graph: travel is as the crow flies. The week holds the night in which Helsinki's clocks go forward.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from server.domain.booking import Booking, BookingView, Customer, Hold, Slot
from server.domain.caller import Caller, Request, Role
from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.commands import NewAbsence, NewBooking, NewShift, NewVisit, SlotChoice, SlotQuery
from server.domain.facts import AbsenceOutcome
from server.domain.geography import Position
from server.domain.organisation import Address, CaseRef, Officer, Premises, TravelMode
from server.domain.plan import Figures, Plan, PlannedRoute, PlannedStop, Published
from server.domain.plan import State as PlanPhase
from server.domain.resource_day import Legs, ResourceDay
from server.domain.spans import Span
from server.domain.visit import Visit
from server.places.travel import GisTravel
from server.settings import Settings
from server.store import tables
from server.store.verify import verify
from server.usecases.ports import Travel
from server.wiring import Application, build

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 3, 25, 6, 0, tzinfo=UTC)
THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2026, 3, day) for day in (26, 27, 28, 30))
STAFF = Caller("staff@city", Role.CUSTOMER_SERVICE)
BOSS = Caller("boss@city", Role.BOOKING_ADMINISTRATOR)
PUBLIC = Caller("public", Role.PUBLIC)
PARTNER = Caller("partner", Role.PARTNER)
CUSTOMER = Customer("Aino Esimerkki", "+358401234567", "aino@example.com", "fi")
FOOD, NOISE = (("food", 1),), (("noise", 1),)

INSPECTION = Service(
    "inspection", "Inspection", 60, (FOOD,), Place.ON_SITE, PromiseKind.WINDOW, 60, 120, 5, 5, public=True, weight=100
)
ADVICE = Service("advice", "Advice on site", 30, (FOOD,), Place.ON_SITE, PromiseKind.EXACT, 30, public=True, weight=100)
CALL = Service("call", "Telephone advice", 15, ((),), Place.REMOTE, PromiseKind.EXACT, 15, public=True, weight=80)
SURPRISE = Service(
    "surprise", "Unannounced", 45, (FOOD,), Place.ON_SITE, PromiseKind.WINDOW, 60, 180, weight=50, unannounced=True
)
LICENCE = Service(
    "licence", "Licence visit", 60, (FOOD,), Place.ON_SITE, PromiseKind.EXACT, 60, needs_approval=True, public=True
)
NIGHT = Service("night", "Noise at night", 30, (NOISE,), Place.ON_SITE, PromiseKind.EXACT, 30, public=True)
PLANNED_AHEAD = Service(
    "hearing", "Hearing", 60, (FOOD,), Place.ON_SITE, PromiseKind.EXACT, 60, notice_minutes=36 * 60, horizon_days=3
)
SERVICES = (INSPECTION, ADVICE, CALL, SURPRISE, LICENCE, NIGHT, PLANNED_AHEAD)

WORK_S = SURPRISE.work_s
NOTHING = Figures(0, 0, 0, 0, 0, 0)

BASES = {"anna": (60.170, 24.940), "ben": (60.190, 24.960), "cleo": (60.180, 24.930)}
SKILLS = {"anna": {"food": 2}, "ben": {"food": 1}, "cleo": {"noise": 1}}
SITES = ((60.172, 24.945), (60.185, 24.955), (60.200, 24.930), (60.165, 24.960), (60.210, 24.980), (60.176, 24.935))


class VirtualClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the instant of a local time in Helsinki, in UTC."""
    return datetime.combine(day, time(hour, minute), HELSINKI).astimezone(UTC)


def between(day: date, start: int, end: int) -> Span:
    """Return the instants between two local hours of a date; 24 and more are of the next date."""
    return Span(at(day, start), at(day + timedelta(days=end // 24), end % 24))


@dataclass
class World:
    """An application on a database of its own, and short words for what tests do with it."""

    app: Application
    travel: Travel
    engine: sa.Engine
    url: str
    clock: VirtualClock
    premises: list[Premises] = field(default_factory=list)
    officers: dict[str, Officer] = field(default_factory=dict)

    def request(self, caller: Caller = STAFF, method: str = "Test", body: str = "", key: str = "") -> Request:
        """Return a write request with an id of its own; the answer is kept as its repr."""
        return Request(caller, method, key or str(uuid.uuid4()), body.encode(), lambda result: repr(result).encode())

    def site(self, number: int, service: str = "") -> int:
        """Return the id of a premises; 0 for a service that needs none."""
        return 0 if service == CALL.code else self.premises[number].id

    def search(self, service: str, span: Span, site: int = 0, caller: Caller = STAFF, **how: Any) -> list[Slot]:
        """Return the offers."""
        query = SlotQuery(service, self.site(site, service), span, **{"limit": 200, **how})
        return self.app.slots.search(caller, query)[0]

    def choice(self, service: str, start: datetime, site: int = 0, officer: str = "") -> SlotChoice:
        """Return a slot that somebody wants."""
        return SlotChoice(service, self.site(site, service), start, officer)

    def hold(
        self, service: str, start: datetime, site: int = 0, ttl_s: int = 0, caller: Caller = STAFF, officer: str = ""
    ) -> Hold:
        """Hold a slot."""
        return self.app.holds.create(self.request(caller), self.choice(service, start, site, officer), ttl_s)

    def book(
        self,
        service: str,
        start: datetime,
        site: int = 0,
        officer: str = "",
        caller: Caller = STAFF,
        case: str = "",
        allow_duplicate: bool = False,
    ) -> BookingView:
        """Book a slot."""
        reference = CaseRef("cases", case) if case else None
        slot = self.choice(service, start, site, officer)
        new = NewBooking(None, slot, CUSTOMER, reference, allow_duplicate=allow_duplicate)
        return self.app.bookings.create(self.request(caller), new)

    def book_hold(self, hold: Hold, caller: Caller = STAFF) -> BookingView:
        """Book what is held."""
        return self.app.bookings.create(self.request(caller), NewBooking(hold.name, None, CUSTOMER))

    def cancel(self, booking: Booking) -> BookingView:
        """Cancel a booking."""
        return self.app.bookings.cancel(self.request(), booking.name, "CUSTOMER_REQUEST", "")

    def reschedule(self, booking: Booking, start: datetime, officer: str = "") -> BookingView:
        """Promise another time instead."""
        return self.app.bookings.reschedule(self.request(), booking.name, start, officer, "")

    def absent(self, officer: str, span: Span, caller: Caller = BOSS) -> AbsenceOutcome:
        """Record an absence."""
        return self.app.availability.create_absence(self.request(caller), NewAbsence(officer, span, "sick"))

    def due(self, *sites: int, service: str = SURPRISE.code, weight: int = 50) -> list[Visit]:
        """Record due visits."""
        new = [NewVisit(service, self.premises[site].id, "north", weight) for site in sites]
        return [view.visit for view in self.app.visits.create(self.request(), new)]

    def plan(self, day: date, routes: Mapping[str, Iterable[tuple[Visit, datetime]]]) -> Plan:
        """Record a checked plan that adds visits to officers' days as they are now; others' routes stay out of it."""
        planned = tuple(_route(self.officers[code], self.day(code, day), added) for code, added in routes.items())
        plan = Plan(
            id=self.app.store.ids.unguessable(),
            team="north",
            day=day,
            state=PlanPhase.CHECKED,
            created=self.clock(),
            figures=NOTHING,
            first_come=NOTHING,
            common_travel_seconds=0,
            first_come_common_travel_seconds=0,
            problem_hash="",
            engine="by hand",
            seed=1,
            travel_source="",
            routes=planned,
        )
        with self.app.store.begin() as tx:
            tx.plans.add(plan, b"{}")
        return plan

    def publish(self, plan: Plan) -> Published:
        """Make a plan the officers' routes."""
        return self.app.planning.publish(self.request(BOSS), plan.name, "")

    def planned(self, officer: str, day: date, hour: int, site: int, weight: int = 50) -> Visit:
        """Return an unannounced visit of 45 minutes that is on an officer's route from that hour on."""
        visit = self.due(site, weight=weight)[0]
        self.publish(self.plan(day, {officer: [(visit, at(day, hour))]}))
        return self.visit(visit.id)

    def visit(self, number: int) -> Visit:
        """Return a visit as it is stored."""
        with self.app.store.begin() as tx:
            return tx.visits.some([number])[number]

    def booking(self, booking: Booking) -> Booking:
        """Return a booking as it is stored."""
        with self.app.store.begin() as tx:
            return tx.bookings.some([booking.id])[booking.id]

    def day(self, officer: str, day: date) -> ResourceDay:
        """Return an officer's day as it is stored."""
        key = (day, self.officers[officer].id)
        with self.app.store.begin() as tx:
            return tx.days.get([key])[key]

    def rows(self, table: sa.Table) -> list[Any]:
        """Return every row of a table, by its key."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(table).order_by(*table.primary_key)))

    def jobs(self) -> list[dict[str, Any]]:
        """Return the arguments of every queued job, oldest first."""
        query = sa.text("select args from procrastinate_jobs order by id")
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def flaws(self) -> list[str]:
        """Return what is wrong in the database, legs against the crow's flight included."""
        return verify(self.url, self._legs)

    def _legs(self, mode: TravelMode, places: Iterable[Position]) -> Legs:
        return self.travel.table(mode, set(places))


def _route(officer: Officer, day: ResourceDay, added: Iterable[tuple[Visit, datetime]]) -> PlannedRoute:
    stops = [PlannedStop(one.visit, one.start, one.start + one.work, 0 if one.visit else one.occupancy) for one in day.stops]
    for visit, moment in added:
        start = day.span.offset(moment)
        stops.append(PlannedStop(visit.id, start, start + WORK_S))
    ordered = tuple(sorted(stops, key=lambda stop: stop.start))
    return PlannedRoute(day.resource, officer.code, day.seq, ordered)


def wipe(engine: sa.Engine) -> None:
    """Empty every table, the queue's too, but for the reasons that the migration brought."""
    with engine.begin() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            if table is not tables.cancel_reason:
                connection.execute(sa.delete(table))
        connection.execute(sa.text("delete from procrastinate_events"))
        connection.execute(sa.text("delete from procrastinate_jobs"))


def populate(app: Application) -> tuple[list[Premises], dict[str, Officer]]:
    """Write the authority's records: team, officers, services, premises, shifts."""
    app.importing.teams([("north", "North", "Europe/Helsinki")])
    app.importing.services(SERVICES)
    app.importing.officers(
        Officer(0, code, code.title(), "north", "Europe/Helsinki", Position.of(*base), _mode(code), SKILLS[code])
        for code, base in BASES.items()
    )
    app.importing.shifts(list(shifts()))
    with app.store.begin() as tx:
        premises = [tx.places.upsert(_premises(number, *site)) for number, site in enumerate(SITES)]
        return premises, {officer.code: officer for officer in tx.organisation.everyone(NOW.date())}


def shifts() -> Iterable[NewShift]:
    """Return the week: Thursday, Friday and Monday by day, and Cleo in the night without a three o'clock."""
    for day in (THURSDAY, FRIDAY, MONDAY):
        yield NewShift("anna", day, between(day, 8, 16))
        yield NewShift("ben", day, between(day, 8, 16), 1800, between(day, 11, 13))
        if day != MONDAY:
            yield NewShift("cleo", day, between(day, 8, 12))
    yield NewShift("cleo", SATURDAY, between(SATURDAY, 22, 30))


def _mode(code: str) -> TravelMode:
    return TravelMode.BICYCLE if code == "cleo" else TravelMode.CAR


def _premises(number: int, latitude: float, longitude: float) -> Premises:
    position = Position.of(latitude, longitude)
    return Premises(0, "test", f"site-{number}", f"Site {number}", "restaurant", Address(), position, approach_s=60)


def open_world(url: str) -> World:
    """Return a world on an emptied database, without records; `settle` adds them."""
    engine = sa.create_engine(url, pool_size=2)
    wipe(engine)
    clock = VirtualClock()
    app = build(Settings(pool_size=16), url, clock)
    return World(app, GisTravel(None), engine, url, clock)


def settle(world: World) -> World:
    """Bring the world back to its first morning."""
    wipe(world.engine)
    world.clock.now = NOW
    world.premises, world.officers = populate(world.app)
    return world
