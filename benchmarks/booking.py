"""CreateBooking through the real server against the same rows by pgbench, in turns on one cluster."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from benchmarks import baseline
from benchmarks.asking import CREATE_BOOKING, create_booking, free_starts
from benchmarks.authority import CONSULTATION, DESK, INSPECTION, SLOT_S, first_day
from benchmarks.counts import count, must_agree
from benchmarks.databases import copies
from benchmarks.loading import Load, load
from benchmarks.place import Place
from benchmarks.processes import ServerProcess, serving
from benchmarks.report import Figure, median
from server.settings import Settings
from server.wiring import Application, build

CLIENTS = 16
WARM_CALLS = 20 * CLIENTS


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the server, and one of pgbench (0 where there was none)."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    refused: int
    baseline_per_second: float = 0.0


def measure(place: Place) -> list[Figure]:
    """Measure a consultation with any officer and with a named one."""
    anybody = _figures("consultation, any officer", against_pgbench(place, False))
    return [*anybody, *_figures("consultation, named officer", against_pgbench(place, True))]


def measure_on_site(place: Place) -> list[Figure]:
    """Measure a windowed inspection on site."""
    what = "inspection on site, windowed"
    saturated, calm = on_site(place)
    return [*_figures(what, [saturated]), Figure(what, "p99 at a third of the load", calm.p99_ms, "ms", goal="< 100")]


def against_pgbench(place: Place, named: bool) -> list[Turn]:
    """Return the turns; raises AssertionError when a row is missing or too many."""
    found: list[Turn] = []
    with copies(place.server_url, place.size, 2) as [ours, theirs]:
        baseline.prepare(theirs, place)
        requests = consultations(ours, place, named)
        before = count(ours), count(theirs)
        written = 0
        with serving(ours, place.settings) as server:
            used, booked = _warm(place, server, requests)
            for turn in range(place.turns):
                done, cpu = _run(place, server, requests[used:])
                other = baseline.run(theirs, place, CLIENTS, turn)
                used, booked, written = used + len(done.number), booked + done.done, written + other.done
                found.append(_turn(done, cpu, other.per_second))
        must_agree(ours, before[0], booked)
        must_agree(theirs, before[1], written)
    return found


def on_site(place: Place) -> tuple[Turn, Turn]:
    """Return a turn that saturates the server, and one at a third of that load."""
    with copies(place.server_url, place.size) as [ours]:
        requests = inspections(ours, place)
        before = count(ours)
        with serving(ours, place.settings) as server:
            used, booked = _warm(place, server, requests)
            done, cpu = _run(place, server, requests[used:])
            used, booked = used + len(done.number), booked + done.done
            full = _turn(done, cpu, 0.0)
            third = max(1.0, len(done.number) / done.seconds / 3)
            rest = requests[used : used + int(third * place.seconds) + 1]
            calm = load(place.program, server.target, CREATE_BOOKING, rest, CLIENTS, "rate", third)
            booked += calm.done
        must_agree(ours, before, booked)
    return full, _turn(calm, 0.0, 0.0)


def consultations(url: str, place: Place, named: bool) -> list[bytes]:
    """Return a request for every free slot at a desk; `named` asks for the officer who is free, too."""
    app = build(Settings(), url)
    try:
        people = _at_desks(app)
        free = free_starts(app, people, _days(place), SLOT_S)
    finally:
        app.close()
    return [create_booking(CONSULTATION.code, start, people[who] if named else "") for who, start in free]


def free_times(url: str, place: Place) -> list[datetime]:
    """Return when somebody at a desk is free."""
    app = build(Settings(), url)
    try:
        return [start for _, start in free_starts(app, _at_desks(app), _days(place), SLOT_S)]
    finally:
        app.close()


def inspections(url: str, place: Place) -> list[bytes]:
    """Return requests for inspections all over the place and the weeks, as long as there may be room for them."""
    rng = random.Random(2)
    app = build(Settings(), url)
    try:
        with app.store.begin() as tx:
            sites = sorted(tx.imports.premises_ids().values())
            officer = tx.organisation.everyone(first_day())[0].id
            spans = [day.span for day in tx.days.get([(day, officer) for day in _days(place)]).values()]
    finally:
        app.close()
    starts: list[datetime] = [span.at(hour * 3600) for span in spans for hour in range(6)]
    wanted = place.size.site * place.size.days
    return [create_booking(INSPECTION.code, rng.choice(starts), premises=rng.choice(sites)) for _ in range(wanted)]


def _at_desks(app: Application) -> dict[int, str]:
    with app.store.begin() as tx:
        return {officer.id: officer.code for officer in tx.organisation.everyone(first_day()) if DESK in officer.skills}


def _days(place: Place) -> list[date]:
    return [first_day() + timedelta(days=number) for number in range(place.size.days)]


def _warm(place: Place, server: ServerProcess, requests: Sequence[bytes]) -> tuple[int, int]:
    """Return how many were asked before the clock runs, and how many booked."""
    some = requests[: min(len(requests) // 4, WARM_CALLS)]
    done = load(place.program, server.target, CREATE_BOOKING, some, CLIENTS, "closed", 60)
    return len(some), done.done


def _run(place: Place, server: ServerProcess, requests: Sequence[bytes]) -> tuple[Load, float]:
    before = server.cpu_seconds()
    done = load(place.program, server.target, CREATE_BOOKING, requests, CLIENTS, "closed", place.seconds)
    return done, server.cpu_seconds() - before


def _turn(done: Load, cpu: float, baseline_per_second: float) -> Turn:
    return Turn(
        per_second=done.done / done.seconds,
        p50_ms=done.percentile(50),
        p99_ms=done.percentile(99),
        cpu_ms=cpu * 1000 / max(1, len(done.number)),
        refused=len(done.number) - done.done,
        baseline_per_second=baseline_per_second,
    )


def _figures(what: str, turns: Sequence[Turn]) -> list[Figure]:
    found = [
        Figure(what, "bookings", median(turn.per_second for turn in turns), "/s"),
        Figure(what, "p50, 16 clients", median(turn.p50_ms for turn in turns), "ms"),
        Figure(what, "p99, 16 clients", median(turn.p99_ms for turn in turns), "ms"),
        Figure(what, "server CPU a call", median(turn.cpu_ms for turn in turns), "ms", goal="<= 0.8"),
        Figure(what, "refused", sum(turn.refused for turn in turns), "calls"),
    ]
    if all(turn.baseline_per_second for turn in turns):
        ratios = [100 * turn.per_second / turn.baseline_per_second for turn in turns]
        found += [
            Figure(what, "pgbench, the same rows", median(turn.baseline_per_second for turn in turns), "/s"),
            Figure(what, "of pgbench", median(ratios), "%", goal=">= 30"),
        ]
    return found
