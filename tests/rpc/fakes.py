"""Use cases in memory: enough of them to see what the edge does with answers and refusals."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from server.domain.booking import Booking, BookingState, BookingView, Customer, Hold, Slot, Source
from server.domain.caller import Caller, Request
from server.domain.commands import NewBooking, RunPlan, SlotChoice, SlotQuery
from server.domain.errors import NotFound, RequestIdReused, SlotTaken, StoreUnavailable
from server.domain.ids import decode
from server.domain.operation import Operation
from server.domain.organisation import Team
from server.domain.paging import Listing, Page
from server.domain.plan import Figures, Plan, State
from server.domain.slot_answer import SlotAnswer
from server.domain.spans import Span
from server.rpc.application import Application
from server.usecases.ports import AlreadyAnswered, AnsweredMeanwhile

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NO_FIGURES = Figures(0, 0, 0, 0, 0, 0)


class NothingThere:
    """A group of use cases in which nothing exists."""

    def __getattr__(self, name: str) -> Any:
        def refuse(*_: object) -> Any:
            raise NotFound("there is nothing here")

        return refuse


class FakeOrganisation(NothingThere):
    """One team; other codes make the trouble that they name."""

    def get_team(self, _caller: Caller, code: str) -> Team:
        if code == "defect":
            raise RuntimeError("the secret is 4711")
        if code == "down":
            raise StoreUnavailable("the database does not answer")
        if code != "food":
            raise NotFound(f"there is no teams/{code}", name=f"teams/{code}")
        return Team(1, "food", "Food safety", "Europe/Helsinki")

    def list_teams(self, caller: Caller, _page: Page) -> Listing[Team]:
        return Listing((self.get_team(caller, "food"),), "more")


@dataclass
class FakeBookings(NothingThere):
    """Bookings that remember their requests; the caller who is `slow` waits for `let_go`."""

    made: dict[int, BookingView] = field(default_factory=dict)
    answers: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    meanwhile: int = 0
    began: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    changed: list[dict[str, str]] = field(default_factory=list)

    def create(self, request: Request, new: NewBooking) -> BookingView:
        if self.meanwhile:
            self.meanwhile -= 1
            raise AnsweredMeanwhile
        known = self.answers.get(request.request_id)
        if known is not None:
            if known[0] != request.fingerprint:
                raise RequestIdReused("the request id was used before with another body: make a new one")
            raise AlreadyAnswered(known[1])
        if new.note == "slow":
            self.began.set()
            self.let_go.wait(5)
        assert new.slot is not None
        identity = len(self.made) + 1
        view = BookingView(_booking(identity, new.slot, new.customer, request.caller), ("anna",), new.slot.start)
        self.made[identity] = view
        self.answers[request.request_id] = (request.fingerprint, request.encode(view))
        return view

    def get(self, _caller: Caller, name: str) -> BookingView:
        try:
            return self.made[decode(name, "booking")]
        except KeyError:
            raise NotFound(f"there is no {name}", name=name) from None

    def update(self, _request: Request, name: str, _etag: str, changes: dict[str, str]) -> BookingView:
        self.changed.append(changes)
        view = self.made[decode(name, "booking")]
        return replace(view, booking=view.booking.described(view.booking.customer, changes.get("note", "")))


def _booking(identity: int, slot: SlotChoice, customer: Customer, caller: Caller) -> Booking:
    promise = Span(slot.start, slot.start + timedelta(hours=2))
    return Booking(
        identity,
        slot.service,
        slot.premises,
        promise,
        customer,
        BookingState.CONFIRMED,
        Source.STAFF,
        caller.principal,
        NOON,
        visit=77,
    )


class FakeSlots(NothingThere):
    """One slot at the start of what is asked for."""

    def answer(self, _caller: Caller, query: SlotQuery) -> SlotAnswer:
        slot = Slot(Span(query.span.start, query.span.start + timedelta(hours=2)), "anna", 2, -30, 10)
        return SlotAnswer((slot,), truncated=True)


class FakeHolds(NothingThere):
    """Every slot is taken, with alternatives."""

    def create(self, _request: Request, slot: SlotChoice, _ttl_s: int) -> Hold:
        error = SlotTaken("that time is gone: take one of the alternatives", service=slot.service)
        hour = timedelta(hours=1)
        error.alternatives = tuple(Span(NOON + n * hour, NOON + (n + 2) * hour) for n in range(30))
        raise error


@dataclass
class FakePlanning(NothingThere):
    """Plans that take two looks to be done."""

    wanted: list[RunPlan] = field(default_factory=list)

    def run(self, _request: Request, wanted: RunPlan) -> Operation:
        self.wanted.append(wanted)
        return Operation(9, wanted.team, wanted.day, wanted.seconds, wanted.seed, "queued", 0, NOON)

    def get(self, _caller: Caller, _name: str) -> Any:
        plan = Plan(
            5,
            "food",
            date(2026, 11, 23),
            State.CHECKED,
            NOON,
            NO_FIGURES,
            NO_FIGURES,
            1,
            2,
            "hash",
            "ruin",
            1,
            "crow-flies",
        )
        return FakePlanView(plan)


@dataclass
class FakePlanView:
    """A plan without routes."""

    plan: Plan
    routes: tuple[()] = ()


@dataclass
class FakeOperations(NothingThere):
    """Operation 9 ends at the third look, operation 10 has failed."""

    looks: int = 0

    def get(self, _caller: Caller, name: str) -> Operation:
        identity = decode(name, "operation")
        operation = Operation(identity, "food", date(2026, 11, 23), 10, 1, "solving", 50, NOON)
        if identity == 10:
            return replace(operation, error=("NO_SHIFT", "nobody works on that day"))
        if identity != 9:
            raise NotFound(f"there is no {name}", name=name)
        self.looks += 1
        return replace(operation, plan=5, phase="done", progress_percent=100) if self.looks > 2 else operation


class FakeApplication:
    """All groups."""

    def __init__(self) -> None:
        self.organisation = FakeOrganisation()
        self.bookings = FakeBookings()
        self.slots = FakeSlots()
        self.holds = FakeHolds()
        self.planning = FakePlanning()
        self.operations = FakeOperations()
        self.places = self.catalogue = self.visits = self.routes = NothingThere()
        self.blocks = self.series = self.availability = self.feeds = self.watching = self.auditing = NothingThere()
        self.customers = self.customer_exports = self.access_needs = self.cases = NothingThere()
        self.emergencies = self.priorities = self.waiting = self.profiles = self.reasons = NothingThere()
        self.opening = self.facts = self.repairs = self.resources = NothingThere()
        self.is_ready = True
        self.closed = False

    def ready(self) -> bool:
        return self.is_ready

    def close(self) -> None:
        self.closed = True

    def as_application(self) -> Application:
        """Return itself under the type that the edge wants."""
        return cast(Application, self)


@dataclass(frozen=True)
class FakeSettings:
    """Settings of a server for one test."""

    home: Path
    address: str = "127.0.0.1:0"
    metrics_port: int = 0
    drain_seconds: float = 5
    pool_size: int = 4
    demo_key: Any = None
    insecure_demo_tokens_anywhere: bool = False
    watch_poll_seconds: float = 0.05
    watch_heartbeat_seconds: float = 15
    watch_streams_per_principal: int = 50
