"""Many callers want one slot at the same instant: one has it, nobody waits long, nothing is in a deadlock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np

from benchmarks.asking import CREATE_BOOKING, RESCHEDULE_BOOKING, create_booking, free_starts, reschedule_booking
from benchmarks.authority import APPROVED, CONSULTATION, DESK, OFFSET, SLOT_S, first_day
from benchmarks.counts import count, deadlocks, must_agree
from benchmarks.databases import copies
from benchmarks.loading import ABORTED, Load, load
from benchmarks.place import Place
from benchmarks.processes import ServerProcess, serving
from benchmarks.report import Figure
from server.domain.booking import Customer
from server.domain.caller import Caller, Request, Role
from server.domain.commands import NewBooking, SlotChoice
from server.settings import Settings
from server.wiring import Application, build

CLIENTS = 32
FIVE_MINUTES = timedelta(minutes=5)
STAFF = Caller("bench", Role.CUSTOMER_SERVICE)
Slot = tuple[str, datetime]
"""An officer's code and a start."""


def measure(place: Place) -> list[Figure]:
    """Fight for one slot a round: at the same minute, overlapping ones, with approval pending, by moving bookings."""
    found: list[Figure] = []
    fights: list[tuple[str, Callable[[Sequence[Slot], Application], tuple[str, list[bytes]]], int]] = [
        ("hot slot", _same, place.rounds),
        ("hot slot, overlapping minutes", _overlapping, max(1, place.rounds // 4)),
        ("hot slot, pending approval", _pending, max(1, place.rounds // 4)),
        ("hot slot, by rescheduling", _moved, max(1, place.rounds // 20)),
    ]
    for what, asked, rounds in fights:
        found += _fight(what, asked, rounds, place)
    return found


def _fight(
    what: str, asked: Callable[[Sequence[Slot], Application], tuple[str, list[bytes]]], rounds: int, place: Place
) -> list[Figure]:
    with copies(place.server_url, place.size) as [ours]:
        app = build(Settings(), ours)
        try:
            slots = _slots(app, place)[: rounds if asked is not _moved else rounds * (CLIENTS + 1)]
            method, requests = asked(slots, app)
        finally:
            app.close()
        before, locked = count(ours), deadlocks(ours)
        with serving(ours, place.settings) as server:
            done = _rounds(place, server, method, requests)
        if asked is not _moved:
            must_agree(ours, before, done.done)
        return _figures(what, done, deadlocks(ours) - locked)


def _rounds(place: Place, server: ServerProcess, method: str, requests: list[bytes]) -> Load:
    return load(place.program, server.target, method, requests, CLIENTS, "rounds")


def _figures(what: str, done: Load, locked: int) -> list[Figure]:
    rounds = len(done.number) // CLIENTS
    winners = np.bincount(done.number[done.status == 0] // CLIENTS, minlength=rounds)
    assert set(done.refused) <= {ABORTED}, f"losers are told ABORTED, not {done.refused}"
    return [
        Figure(what, "rounds of 32 callers", rounds, ""),
        Figure(what, "rounds with exactly one winner", int((winners == 1).sum()), "", goal=f"{rounds}"),
        Figure(what, "deadlocks", locked, "", goal="0"),
        Figure(what, "p99 of losers", done.percentile(99, ABORTED), "ms", goal="< 250"),
    ]


def _slots(app: Application, place: Place) -> list[Slot]:
    """Return free slots of one officer each, whose neighbours nobody else of the fight wants."""
    with app.store.begin() as tx:
        people = {o.id: o.code for o in tx.organisation.everyone(first_day()) if DESK in o.skills}
    days = [first_day() + timedelta(days=number) for number in range(place.size.days)]
    return [(people[who], start) for who, start in free_starts(app, people, days, SLOT_S)]


def _same(slots: Sequence[Slot], _: Application) -> tuple[str, list[bytes]]:
    wanted = (slot for slot in slots for _ in range(CLIENTS))
    return CREATE_BOOKING, [create_booking(CONSULTATION.code, start, officer) for officer, start in wanted]


def _overlapping(slots: Sequence[Slot], _: Application) -> tuple[str, list[bytes]]:
    """A quarter of an hour, from the slot's start or five minutes later: each overlaps every other."""
    wanted = ((officer, start + number % 2 * FIVE_MINUTES) for officer, start in slots for number in range(CLIENTS))
    return CREATE_BOOKING, [create_booking(OFFSET.code, start, officer) for officer, start in wanted]


def _pending(slots: Sequence[Slot], _: Application) -> tuple[str, list[bytes]]:
    wanted = (slot for slot in slots for _ in range(CLIENTS))
    return CREATE_BOOKING, [create_booking(APPROVED.code, start, officer) for officer, start in wanted]


def _moved(slots: Sequence[Slot], app: Application) -> tuple[str, list[bytes]]:
    """Bookings of other slots, all to be moved to one."""
    requests: list[bytes] = []
    for first in range(0, len(slots) - CLIENTS, CLIENTS + 1):
        (officer, start), *others = slots[first : first + CLIENTS + 1]
        names = [_booked(app, *other) for other in others]
        requests += [reschedule_booking(name, start, officer) for name in names]
    return RESCHEDULE_BOOKING, requests


def _booked(app: Application, officer: str, start: datetime) -> str:
    request = Request(STAFF, "bench", str(uuid.uuid4()), b"", lambda _: b"")
    choice = SlotChoice(CONSULTATION.code, 0, start, officer)
    return app.bookings.create(request, NewBooking(None, choice, Customer("Aino"))).booking.name
