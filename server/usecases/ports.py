"""What the use cases need from outside: the store, travel times, the insertion evaluator, the optimizer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from server.domain.booking import Booking, BookingEvent, BookingView, Hold
from server.domain.caller import Request
from server.domain.catalogue import Service
from server.domain.change import Change, Job
from server.domain.commands import BookingFilter, VisitFilter
from server.domain.facts import Absence, Repair
from server.domain.feed import Feed
from server.domain.geography import Position
from server.domain.message import Message
from server.domain.officer_day import OfficerDay
from server.domain.operation import Operation
from server.domain.organisation import (
    AddressPoint,
    Officer,
    Patch,
    PatchArea,
    Premises,
    RoadMap,
    Shift,
    Team,
    TravelMode,
)
from server.domain.paging import Listing, Page
from server.domain.plan import Plan
from server.domain.route import BaseMap, Route
from server.domain.spans import Span
from server.domain.visit import Visit, VisitView

DayKey = tuple[date, int]
"""What a day is locked by: the local date and the officer's resource id."""


class AlreadyAnswered(Exception):
    """The request was answered before; `answer` is what was answered then."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("the request was answered before")
        self.answer = answer


class AnsweredMeanwhile(Exception):
    """Another call with the same request id committed first: ask again, and its answer is found."""


class ChangedMeanwhile(Exception):
    """A visit or a booking was changed by somebody else after it was read: nothing is written, decide again."""


class Clock(Protocol):
    """The time, passed in so that tests can turn it."""

    def __call__(self) -> datetime:
        """Return the instant, aware, in UTC."""


class IdSource(Protocol):
    """Where new identities come from."""

    def unguessable(self) -> int:
        """Return a random number in [0, 2**62): bookings, visits, holds, plans."""

    def occupancy(self) -> int:
        """Return the id of a row to come, never used before."""


class OrganisationStore(Protocol):
    """Teams, officers, shifts."""

    def team(self, code: str) -> Team:
        """Return the team, or refuse with NotFound."""

    def teams(self, page: Page) -> Listing[Team]:
        """Return a page of teams by code."""

    def officer(self, code: str, day: date) -> Officer:
        """Return the officer with the skills valid on `day`, or refuse with NotFound."""

    def officers(self, page: Page, team: str, day: date) -> Listing[Officer]:
        """Return a page of officers by code, with the skills valid on `day`; `team` empty for all."""

    def everyone(self, day: date, team: str = "") -> list[Officer]:
        """Return all officers (at most 1,000) with the skills valid on `day`."""

    def shifts(self, officer: int, start: date, end: date) -> list[Shift]:
        """Return the shifts with start <= day < end, earliest first."""


class PlaceStore(Protocol):
    """Premises and patches."""

    def get(self, number: int) -> Premises:
        """Return the premises, or refuse with NotFound."""

    def some(self, numbers: Collection[int]) -> dict[int, Premises]:
        """Return those that exist, by id."""

    def listing(self, page: Page, query: str, near: Position | None) -> Listing[Premises]:
        """Return a page by name, or the nearest ones."""

    def upsert(self, premises: Premises) -> Premises:
        """Add or replace by (source, external_id)."""

    def patches(self, page: Page) -> Listing[Patch]:
        """Return a page of patches by name."""


class ServiceStore(Protocol):
    """The catalogue."""

    def get(self, code: str) -> Service:
        """Return the service, or refuse with NotFound."""

    def some(self, codes: Collection[str]) -> dict[str, Service]:
        """Return those that exist, by code."""

    def listing(self, page: Page, public_only: bool) -> Listing[Service]:
        """Return a page by code."""

    def upsert(self, service: Service) -> Service:
        """Add or replace by code."""


class VisitStore(Protocol):
    """Visits."""

    def get(self, name: str) -> Visit:
        """Return the visit, or refuse with NotFound."""

    def some(self, numbers: Collection[int]) -> dict[int, Visit]:
        """Return those that exist, by id."""

    def view(self, visits: Sequence[Visit]) -> list[VisitView]:
        """Return them with where they stand in the plan."""

    def listing(self, page: Page, wanted: VisitFilter) -> Listing[Visit]:
        """Return a page, newest first."""

    def to_plan(self, team: str, limit: int) -> list[Visit]:
        """Return the team's OPEN visits without a booking, in the order they came, and refuse more than `limit`."""


class BookingStore(Protocol):
    """Bookings and their history."""

    def get(self, name: str, lock: bool = False) -> Booking:
        """Return the booking, or refuse with NotFound. Its days are locked before it is."""

    def by_id(self, number: int) -> Booking | None:
        """Return the booking of that id."""

    def some(self, numbers: Collection[int]) -> dict[int, Booking]:
        """Return those that exist, by id."""

    def view(self, bookings: Sequence[Booking]) -> list[BookingView]:
        """Return them with where they stand in the plan."""

    def listing(self, page: Page, wanted: BookingFilter, creator: str) -> Listing[Booking]:
        """Return a page by promise; `creator` empty for all principals."""

    def days(self, number: int) -> list[DayKey]:
        """Return the days on which it occupies time."""

    def save_details(self, booking: Booking, event: BookingEvent) -> None:
        """Write customer, note and version of a booking, and what happened; its time is untouched."""

    def events(self, number: int, page: Page) -> Listing[BookingEvent]:
        """Return a page of its history, oldest first."""


class HoldStore(Protocol):
    """Holds."""

    def get(self, name: str) -> Hold | None:
        """Return the hold, or None when it is gone."""

    def count_live(self, principal: str, now: datetime) -> int:
        """Return how many unexpired holds a principal has."""

    def days(self, number: int) -> list[DayKey]:
        """Return the days on which it occupies time."""

    def expired(self, now: datetime, limit: int) -> list[int]:
        """Return ids of holds that have run out."""


class DayStore(Protocol):
    """Officer-days."""

    def get(self, keys: Collection[DayKey]) -> dict[DayKey, OfficerDay]:
        """Return those that exist, without a lock."""

    def lock(self, keys: Collection[DayKey]) -> dict[DayKey, OfficerDay]:
        """Lock those that exist, in one statement and in one order for everybody, and return them."""

    def search(self, officers: Collection[int], start: date, end: date) -> list[OfficerDay]:
        """Return the days of these officers with start <= day < end, by day."""

    def overlapping(self, officer: int, span: Span) -> list[DayKey]:
        """Return the days of an officer whose span shares an instant with `span`."""

    def of_visits(self, visits: Collection[int]) -> list[DayKey]:
        """Return the days on whose routes these visits are."""


class FactStore(Protocol):
    """Absences and repairs."""

    def add(self, absence: Absence) -> None:
        """Record an absence."""

    def get(self, name: str) -> Absence:
        """Return the absence, or refuse with NotFound."""

    def during(self, officer: str, span: Span) -> list[Absence]:
        """Return an officer's absences that share an instant with `span`; until the transaction ends, none is added."""

    def delete(self, absence: Absence) -> None:
        """Take it back; its blocked pieces must be gone."""

    def absences(self, officer: str, page: Page) -> Listing[Absence]:
        """Return a page of an officer's absences (by code), latest first."""

    def repairs(self, page: Page, show_resolved: bool) -> Listing[Repair]:
        """Return a page, most urgent first."""

    def repair(self, name: str) -> Repair:
        """Return the repair, or refuse with NotFound."""

    def open_repairs(self, booking: int) -> list[Repair]:
        """Return the open repairs of a booking."""

    def save(self, repair: Repair) -> None:
        """Write a repair's state and resolution."""


class PlanStore(Protocol):
    """Plans and the runs that make them."""

    def add(self, plan: Plan, problem: bytes) -> None:
        """Record a plan with what it solves (problem.json)."""

    def get(self, name: str, lock: bool = False) -> Plan:
        """Return the plan, or refuse with NotFound."""

    def problem(self, name: str) -> bytes:
        """Return what a plan solves (problem.json)."""

    def save(self, plan: Plan) -> None:
        """Write a plan's state, breaches and times."""

    def listing(self, page: Page, team: str) -> Listing[Plan]:
        """Return a page, newest first."""

    def published(self, team: str, day: date) -> list[Plan]:
        """Return the plans of that team and day that are PUBLISHED."""

    def add_operation(self, operation: Operation) -> None:
        """Record a run."""

    def operation(self, name: str, lock: bool = False) -> Operation:
        """Return the run, or refuse with NotFound."""

    def save_operation(self, operation: Operation) -> None:
        """Write how far a run is."""

    def operations(self, page: Page) -> Listing[Operation]:
        """Return a page, newest first."""

    def request_cancel(self, operation: Operation) -> None:
        """Note that somebody wants the run to stop."""


class MessageStore(Protocol):
    """Messages that were or will be sent."""

    def queue(self, messages: Sequence[Message]) -> list[Message]:
        """Record those that do not exist yet; return all of them as they are now stored."""

    def settle(self, message: Message, provider_id: str) -> None:
        """Write state and time of a message."""

    def listing(self, booking: int, page: Page) -> Listing[Message]:
        """Return a page, newest first."""


class FeedStore(Protocol):
    """Calendar feeds."""

    def add(self, feed: Feed, token_hash: bytes) -> None:
        """Record a feed."""

    def get(self, name: str) -> Feed:
        """Return a live feed, or refuse with NotFound."""

    def by_token(self, token_hash: bytes) -> Feed | None:
        """Return the live feed of that token."""

    def revoke(self, feed: Feed, now: datetime) -> None:
        """End a feed."""


class RouteStore(Protocol):
    """Routes as people read them."""

    def routes(self, keys: Collection[DayKey]) -> list[Route]:
        """Return the routes of those days that exist, by officer and day, without geometry."""

    def drawn(self, days: Collection[OfficerDay]) -> list[Route]:
        """Return the routes of days as given, stored or not, by officer and day, without geometry."""

    def days(self, officer: int, start: date, end: date) -> list[DayKey]:
        """Return an officer's days with start <= day < end."""

    def team_days(self, team: str, day: date, page: Page) -> Listing[DayKey]:
        """Return a page of a team's officer-days of one date, by officer code."""


class ImportStore(Protocol):
    """Bulk writing of what other systems own. Everything replaces the record with the same key."""

    def team(self, code: str, name: str, zone: str) -> None:
        """Add or replace a team."""

    def officer(self, officer: Officer) -> None:
        """Add or replace an officer by code, with the skills that hold from now on; the id is ignored."""

    def has_shift(self, day: OfficerDay) -> bool:
        """Tell whether the officer has a shift on that date, or one that overlaps this one."""

    def shift(self, day: OfficerDay) -> None:
        """Add an officer-day with its break."""

    def patches(self, patches: Sequence[PatchArea]) -> None:
        """Add or replace patches by name."""

    def premises(self, premises: Sequence[Premises]) -> None:
        """Add or replace by (source, external_id); ids are ignored."""

    def addresses(self, addresses: Sequence[AddressPoint]) -> None:
        """Add or replace by (source, external_id)."""

    def assign_patches(self) -> None:
        """Give every premises the patch that covers it."""

    def roads(self, roads: RoadMap, now: datetime) -> None:
        """Keep a road graph; the newest one is used."""

    def premises_ids(self) -> dict[tuple[str, str], int]:
        """Return the ids of all premises by (source, external_id)."""


class Transaction(Protocol):
    """One transaction: everything read through it is of one moment, everything written is kept together or not at all."""

    @property
    def organisation(self) -> OrganisationStore: ...
    @property
    def places(self) -> PlaceStore: ...
    @property
    def services(self) -> ServiceStore: ...
    @property
    def visits(self) -> VisitStore: ...
    @property
    def bookings(self) -> BookingStore: ...
    @property
    def holds(self) -> HoldStore: ...
    @property
    def days(self) -> DayStore: ...
    @property
    def facts(self) -> FactStore: ...
    @property
    def plans(self) -> PlanStore: ...
    @property
    def messages(self) -> MessageStore: ...
    @property
    def feeds(self) -> FeedStore: ...
    @property
    def routes(self) -> RouteStore: ...
    @property
    def imports(self) -> ImportStore: ...

    def write(self, change: Change, answer: object = None) -> None:
        """Write a change in one statement, with the answer to the request when this is its last write.

        Raises ChangedMeanwhile when a visit or a booking has another version than the one before that in `change`, and
        SlotTaken when the database refuses an overlap, which only a defect can cause after a lock.
        """

    def answer(self, result: object) -> None:
        """Keep the answer to the request, for whoever repeats it."""

    def defer(self, jobs: Iterable[Job]) -> None:
        """Queue work that is done after the commit."""


class Store(Protocol):
    """The truth."""

    @property
    def ids(self) -> IdSource:
        """Where new identities come from."""

    def begin(self, request: Request | None = None) -> AbstractContextManager[Transaction]:
        """Open a transaction: commits on a clean exit, rolls back on any exception.

        With a request, raises AlreadyAnswered when it was answered before and RequestIdReused when its id was used for
        something else.
        """

    def forget_answers(self, before: datetime) -> int:
        """Delete answers kept since before that instant, in a transaction; return how many."""


@dataclass(frozen=True, slots=True)
class LegTable:
    """Travel seconds between all pairs of some positions for one mode; -1 where there is no way."""

    mode: TravelMode
    seconds: Mapping[tuple[Position, Position], int]
    places: frozenset[Position]

    def __call__(self, start: Position, end: Position) -> int:
        return 0 if start == end else self.seconds[start, end]

    def covers(self, day: OfficerDay) -> bool:
        """Tell whether every place of a day is known."""
        return all(place in self.places for place in day.places())


@dataclass(frozen=True, slots=True)
class Reach:
    """Travel seconds between one position and others, both ways, for one mode; -1 where there is no way."""

    to_place: Mapping[Position, int]
    from_place: Mapping[Position, int]


class Travel(Protocol):
    """Travel times on the roads of the deployment. May compute for a while: never asked under a lock."""

    @property
    def source(self) -> str:
        """What measures: name and version of the road graph, or "crow-flies"."""

    def table(self, mode: TravelMode, places: Collection[Position]) -> LegTable:
        """Return the legs between all pairs."""

    def metres(self, mode: TravelMode, places: Sequence[Position]) -> list[list[int]]:
        """Return the lengths between all pairs, row = from, in the order given; -1 where there is no way."""

    def reach(self, mode: TravelMode, place: Position, places: Collection[Position]) -> Reach:
        """Return the legs between one place and others."""

    def is_off_road(self, mode: TravelMode, place: Position) -> bool:
        """Tell whether no road of that mode is near."""

    def line(self, mode: TravelMode, start: Position, end: Position) -> tuple[Position, ...]:
        """Return the way from one place to another, for maps."""

    def base_map(self) -> BaseMap:
        """Return the roads, for maps."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stop to put on a route: seconds of buffer, work, buffer; `place` None where the officer is."""

    place: Position | None
    work: int
    before: int
    after: int
    weight: int


@dataclass(frozen=True, slots=True)
class Fit:
    """A place in a day for a candidate: work may start from `earliest` to `latest` (both included).

    `position` counts stops without the `displaced` ones (occupancy ids of planned visits that would go back to OPEN,
    `displaced_weight` in sum); `extra` are the seconds of travel that the day gains.
    """

    position: int
    earliest: int
    latest: int
    extra: int
    displaced: tuple[int, ...] = ()
    displaced_weight: int = 0


class Inserter(Protocol):
    """The one insertion evaluator."""

    def fits(self, day: OfficerDay, candidate: Candidate, bounds: tuple[int, int], reach: Reach) -> list[Fit]:
        """Return every feasible place with a start of work inside the half-open `bounds`; nobody is displaced."""

    def starts(self, day: OfficerDay, candidate: Candidate, fit: Fit, start: int, reach: Reach) -> tuple[int, ...]:
        """Return the start of every stop, the new one too, when it starts at `start`; others move as little as possible."""


@dataclass(frozen=True, slots=True)
class PlannableVisit:
    """A visit as the planner sees it: what, where, when its work may start on the day (half-open instants).

    No windows: any time of a shift. `closed`: the place does not open long enough that day; its window is never reached.
    """

    visit: Visit
    service: Service
    premises: Premises | None
    windows: tuple[Span, ...]
    promised: bool
    closed: bool = False


@dataclass(frozen=True, slots=True)
class PlanningInput:
    """Everything that a plan depends on, of one moment. `breaks` of a day are its break stops."""

    team: Team
    day: date
    officers: tuple[Officer, ...]
    days: tuple[OfficerDay, ...]
    visits: tuple[PlannableVisit, ...]


class Progress(Protocol):
    """Told how far a run is; answers whether it shall stop."""

    def __call__(self, phase: str, percent: int) -> bool: ...


class Planner(Protocol):
    """The bridge to the optimizer."""

    def plan(
        self, given: PlanningInput, travel: Travel, seconds: int, seed: int, number: int, now: datetime, tell: Progress
    ) -> tuple[Plan, bytes]:
        """Return a plan, checked (state CHECKED or REJECTED), and the record of problem and plan (JSON).

        Raises PlanningFailed.
        """

    def check(self, record: bytes) -> tuple[str, ...]:
        """Return what the independent checker has against a recorded plan, in words; nothing when it is right."""


class OpeningHours(Protocol):
    """Reads opening hours."""

    def windows(self, text: str, day: date, zone: str) -> tuple[Span, ...] | None:
        """Return when a place is open on a local date; None when the text says nothing that we understand."""
