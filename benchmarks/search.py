"""Slot search over all officers and days: at the use case, through gRPC, and while others book."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np

from benchmarks.asking import CREATE_BOOKING, SEARCH_SLOTS, search_slots
from benchmarks.authority import CONSULTATION, INSPECTION, first_day, shift
from benchmarks.booking import consultations
from benchmarks.databases import copies
from benchmarks.loading import load
from benchmarks.place import Place
from benchmarks.processes import serving
from benchmarks.report import Figure
from server.domain.caller import Caller, Role
from server.domain.commands import SlotOrder, SlotQuery
from server.domain.spans import Span
from server.settings import Settings
from server.wiring import Application, build

CALLER = Caller("bench", Role.CUSTOMER_SERVICE)
OFFERS, BOOKERS, KNOWN_PLACES = 50, 8, 5
KINDS = ((CONSULTATION.code, False, "< 20"), (INSPECTION.code, False, ""), (INSPECTION.code, True, "< 25"))


def measure(place: Place) -> list[Figure]:
    """Measure EARLIEST for office work, and both orders on site for places that were asked about before."""
    with copies(place.server_url, place.size) as [ours]:
        found = at_the_use_case(ours, place)
        return [*found, *through_grpc(ours, place)]


def at_the_use_case(url: str, place: Place) -> list[Figure]:
    """Measure in this process, nobody else asking."""
    app = build(Settings(), url)
    found: list[Figure] = []
    try:
        sites = _sites(app)
        for service, by_travel, goal in KINDS:
            queries = [_query(service, by_travel, site, place) for site in _places(service, sites)]
            _times(app, queries, 1)
            times = _times(app, queries, place.rounds // 10)
            found += _figures(f"search {_name(service, by_travel)}, use case", times, goal)
    finally:
        app.close()
    return found


def through_grpc(url: str, place: Place) -> list[Figure]:
    """Measure through a server, one caller alone and then while others book."""
    app = build(Settings(), url)
    try:
        sites = _sites(app)
    finally:
        app.close()
    found: list[Figure] = []
    bookings = consultations(url, place, False)
    with serving(url, place.settings) as server, ThreadPoolExecutor(1) as others:

        def ask(service: str, by_travel: bool) -> list[float]:
            sizes = range(max(1, place.rounds // 10 // KNOWN_PLACES))
            some = [search_slots(service, _weeks(place), by_travel, site, OFFERS) for site in _places(service, sites)]
            done = load(place.program, server.target, SEARCH_SLOTS, [one for _ in sizes for one in some], 1, "closed", 600)
            assert not done.refused, done.refused
            return [float(us) / 1000 for us in done.latency_us]

        for service, by_travel, goal in KINDS:
            ask(service, by_travel)
            found += _figures(f"search {_name(service, by_travel)}, gRPC", ask(service, by_travel), goal)
        share = len(bookings) // len(KINDS)
        for number, (service, by_travel, _) in enumerate(KINDS):
            some = bookings[number * share : (number + 1) * share]
            others.submit(load, place.program, server.target, CREATE_BOOKING, some, BOOKERS, "closed", place.seconds)
            time.sleep(0.2)
            goal = "< 60" if by_travel else ""
            found += _figures(f"search {_name(service, by_travel)}, while 8 book", ask(service, by_travel), goal)
    return found


def _times(app: Application, queries: Sequence[SlotQuery], rounds: int) -> list[float]:
    ask: Callable[[SlotQuery], object] = lambda query: app.slots.search(CALLER, query)  # noqa: E731
    found: list[float] = []
    for number in range(max(rounds, len(queries))):
        began = time.perf_counter()
        ask(queries[number % len(queries)])
        found.append((time.perf_counter() - began) * 1000)
    return found


def _query(service: str, by_travel: bool, site: int, place: Place) -> SlotQuery:
    order = SlotOrder.LEAST_TRAVEL if by_travel else SlotOrder.EARLIEST
    return SlotQuery(service, site, _weeks(place), order=order, limit=OFFERS)


def _weeks(place: Place) -> Span:
    return Span(shift(first_day()).start, shift(first_day() + timedelta(days=place.size.days - 1)).end)


def _sites(app: Application) -> list[int]:
    with app.store.begin() as tx:
        return sorted(tx.imports.premises_ids().values())


def _places(service: str, sites: Sequence[int]) -> list[int]:
    return list(sites[:KNOWN_PLACES]) if service == INSPECTION.code else [0]


def _name(service: str, by_travel: bool) -> str:
    return f"{service} {'LEAST_TRAVEL' if by_travel else 'EARLIEST'}"


def _figures(what: str, times: Sequence[float], goal: str) -> list[Figure]:
    return [
        Figure(what, "p50", float(np.percentile(times, 50)), "ms"),
        Figure(what, f"p99 of {len(times)}", float(np.percentile(times, 99)), "ms", goal),
    ]
