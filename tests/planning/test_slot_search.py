"""The search over arrays against the slow oracle, on days of every sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.limits import Limits
from server.domain.organisation import TravelMode
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.planning.slot_search import ArraySearch
from server.store import route_codec
from server.store.day_arrays import RouteArrays
from server.usecases.offers import promises_in
from server.usecases.ports import Candidate
from server.usecases.ports.search import Ask, StoredDay, StoredDays
from tests.makers.days import PLACES, SHIFT, resource_days
from tests.makers.slow_search import Found, GridTravel, on, slow_find

DATES, OFFICERS = 3, 4
quick = settings(max_examples=120, deadline=None, database=None)
ZONES = ("Europe/Helsinki", "Asia/Kathmandu")


@dataclass
class Shelf:
    """Days as a store would give them: every change has a version of its own."""

    days: dict[tuple[date, int], tuple[int, ResourceDay]] = field(default_factory=dict)
    version: int = 1
    reads: int = 0
    private: bool = False

    def put(self, days: Sequence[ResourceDay]) -> None:
        self.version += 1
        self.days.update({day.key: (self.version, day) for day in days})

    def changed(self, first: date, after_last: date, as_of: int) -> StoredDays:
        mine = {key: one for key, one in self.days.items() if first <= key[0] < after_last}
        some = [(version, day) for version, day in mine.values() if version >= as_of]
        self.reads += len(some)
        stored = (StoredDay(d.day, d.resource, d.span, d.seq, v, route_codec.pack(d)) for v, d in some)
        return StoredDays(len(mine), self.version + 1, tuple(stored), self.private)


@st.composite
def days(draw: st.DrawFn) -> list[ResourceDay]:
    """Officers' days on some dates; not everybody works every date."""
    number, found = st.integers(0, DATES - 1), list[ResourceDay]()
    for resource in range(1, draw(st.integers(1, OFFICERS)) + 1):
        for later in sorted(draw(st.sets(number, min_size=1, max_size=2))):
            day = draw(resource_days())
            longer = (
                planned(day) if draw(st.booleans()) else _later_end(day, draw(st.sampled_from((0, 1_800, 7_200, 20_000))))
            )
            found.append(on(longer, resource, later))
    return found


def _later_end(day: ResourceDay, seconds: int) -> ResourceDay:
    return replace(day, span=Span(day.span.start, day.span.end + timedelta(seconds=seconds)))


def planned(day: ResourceDay) -> ResourceDay:
    """Return a day full of planned visits, promised to nobody, that stand where they are unless they give way."""
    tight = (replace(stop, booking=0, fixed=False, earliest=stop.start, latest=stop.start + 1) for stop in day.stops)
    return replace(day, stops=tuple(tight), span=Span(day.span.start, day.span.at(max(1, day._end()))))


@st.composite
def asks(draw: st.DrawFn, known: Sequence[ResourceDay]) -> Ask:
    """A search among those days."""
    exact = draw(st.booleans())
    kind, window = (PromiseKind.EXACT, 0) if exact else (PromiseKind.WINDOW, draw(st.sampled_from((15, 60, 120))))
    step, work = draw(st.sampled_from((5, 5, 15, 60))), draw(st.sampled_from((60, 600, 2_400)))
    service = Service("any", "Any", 1, ((),), Place.ON_SITE, kind, step, window, horizon_days=365)
    now = SHIFT + timedelta(
        seconds=draw(st.sampled_from((-90_000, -3_600, -3_600, -600, 300, 4_000, 15_000))), milliseconds=1
    )
    officers = sorted({day.resource for day in known})
    zones = {one: draw(st.sampled_from((ZONES[0], *ZONES))) for one in officers if draw(st.integers(0, 19))}
    span = Span(now, now + timedelta(days=DATES + 1))
    without = frozenset(draw(st.sets(st.sampled_from(officers), max_size=1)))
    crew = (frozenset(officers), frozenset(officers) - without) if not draw(st.integers(0, 2)) else (frozenset(officers),)
    modulus = draw(st.sampled_from((1, 1, 3)))
    bookings = [stop.booking for day in known for stop in day.stops if stop.booking] if draw(st.booleans()) else []
    released = draw(st.sampled_from(bookings)) if bookings else 0
    place = draw(st.sampled_from((*PLACES, None)))
    buffers = st.sampled_from((0, 0, 300))
    return Ask(
        candidate=Candidate(place, work, draw(buffers), draw(buffers), draw(st.sampled_from((0, 35, 90, 90)))),
        promises={zone: promises_in(service, zone, span, now) for zone in sorted(set(zones.values()))},
        zones=zones,
        crew=lambda _: crew,
        now=now,
        limit=draw(st.sampled_from((1, 5, 20, 400))),
        by_cost=draw(st.booleans()),
        limits={
            one: Limits(draw(st.sampled_from((0, 0, 0, 3))), draw(st.sampled_from((100, 100, 100, 40)))) for one in zones
        },
        is_open=lambda promise: modulus == 1 or promise.start.hour % modulus > 0,
        released=released,
        freed=tuple(day.key for day in known if any(stop.booking == released for stop in day.stops)),
        may_displace=draw(st.integers(0, 4)) > 0,
    )


def found(search: ArraySearch, shelf: Shelf, ask: Ask) -> list[Found]:
    """Return the findings as the oracle tells them."""
    return [
        (one.promise, one.teams[0].lead, (one.teams[0].displaced_weight, one.teams[0].extra), one.leads)
        for one in search.find(shelf, ask)
    ]


@seed(11)
@quick
@given(st.data())
def test_the_search_finds_what_the_oracle_finds(data: st.DataObject) -> None:
    agree(data)


@pytest.mark.long
@seed(13)
@settings(quick, max_examples=4_000)
@given(st.data())
def test_it_does_so_in_thousands_of_worlds(data: st.DataObject) -> None:
    agree(data)


def agree(data: st.DataObject) -> None:
    """Search a world of days twice, fast and slowly."""
    known = data.draw(days())
    travel, shelf = GridTravel(data.draw(st.sets(st.sampled_from(PLACES[1:]), max_size=1))), Shelf()
    shelf.put(known)
    search = ArraySearch(travel, RouteArrays())
    for _ in range(2):
        ask = data.draw(asks(known))
        assert found(search, shelf, ask) == slow_find(known, ask, travel)


@seed(12)
@quick
@given(st.data())
def test_what_changes_between_searches_is_seen(data: st.DataObject) -> None:
    """Days change, come and go; the search keeps what it read and asks for the rest."""
    shelf, search = Shelf(), ArraySearch(GridTravel(), RouteArrays())
    known = {day.key: day for day in data.draw(days())}
    shelf.put(list(known.values()))
    for _ in range(3):
        for day in data.draw(days())[:2]:
            known[day.key] = day
            shelf.put([day])
        if data.draw(st.booleans()) and len(known) > 1:
            gone = data.draw(st.sampled_from(sorted(known)))
            del known[gone], shelf.days[gone]
        whole = sorted(known.values(), key=lambda day: day.key)
        ask = data.draw(asks(whole))
        assert found(search, shelf, ask) == slow_find(whole, ask, GridTravel())


def test_a_search_reads_only_what_has_changed() -> None:
    shelf, travel = Shelf(), GridTravel()
    search = ArraySearch(travel, RouteArrays())
    known = [on(_DAY, resource, later) for resource in (1, 2) for later in range(DATES)]
    shelf.put(known)
    ask = _ask()
    assert found(search, shelf, ask) == slow_find(known, ask, GridTravel())
    shelf.reads = travel.searches = 0
    search.find(shelf, ask)
    assert (shelf.reads, travel.searches) == (0, 0), "a known place costs no road search"
    shelf.put([replace(known[0], stops=())])
    search.find(shelf, ask)
    assert shelf.reads == 1


def test_what_a_transaction_has_written_itself_is_not_remembered() -> None:
    """It may yet be taken back."""
    shelf, search = Shelf(), ArraySearch(GridTravel(), RouteArrays())
    shelf.put([on(_DAY, 1, 0)])
    ask = _ask()
    before = found(search, shelf, ask)
    kept = dict(shelf.days)
    shelf.put([on(replace(_DAY, span=Span(SHIFT, SHIFT + timedelta(seconds=60))), 1, 0)])
    shelf.private = True
    assert found(search, shelf, ask) == []
    shelf.days, shelf.private = kept, False
    assert found(search, shelf, ask) == before


_DAY = ResourceDay(SHIFT.date(), 1, Span(SHIFT, SHIFT + timedelta(hours=8)), 0, PLACES[0], TravelMode.CAR)


def _ask() -> Ask:
    service = Service("any", "Any", 1, ((),), Place.ON_SITE, PromiseKind.EXACT, 15, horizon_days=365)
    now = SHIFT - timedelta(hours=1)
    span = Span(now, now + timedelta(days=DATES))
    return Ask(
        candidate=Candidate(PLACES[1], 600, 0, 0, 100),
        promises={ZONES[0]: promises_in(service, ZONES[0], span, now)},
        zones={1: ZONES[0], 2: ZONES[0]},
        crew=lambda _: _EVERYBODY,
        now=now,
        limit=1000,
    )


_EVERYBODY = (frozenset({1, 2}),)
