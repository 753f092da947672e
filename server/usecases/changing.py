"""How every use case changes days: measure the legs first, lock, look again, decide, write.

No network and no search happens under a lock: travel is measured before, from an unlocked reading of the days, and measured
again when a day gained a place meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from server.domain.caller import Request
from server.domain.errors import StoreUnavailable
from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.resource_day import Legs, ResourceDay, StopKind
from server.usecases.ports import ChangedMeanwhile, DayKey, IdSource, LegTable, Store, Transaction, Travel

T = TypeVar("T")
ATTEMPTS = 6
Tables = Mapping[DayKey, LegTable]


@dataclass(frozen=True, slots=True)
class LockedDays:
    """Days under lock, as they were (`before`) and without the holds that have run out (`now`), and their legs.

    There may be more than were asked for: where a crew's hold has run out, the days of all its officers.
    """

    before: Mapping[DayKey, ResourceDay]
    now: Mapping[DayKey, ResourceDay]
    legs: Tables

    def legs_of(self, day: ResourceDay) -> LegTable:
        """Return the legs for that day's officer."""
        return self.legs[day.key]

    def released_holds(self) -> tuple[int, ...]:
        """Return the ids of holds whose time has run out on these days."""
        live = {stop.hold for day in self.now.values() for stop in day.everything()}
        old = {stop.hold for day in self.before.values() for stop in day.everything()}
        return tuple(sorted(old - live))


def measure(travel: Travel, days: Collection[ResourceDay], places: Collection[Position]) -> Tables:
    """Return, per day, the legs between all places of the days with its mode and `places`; without any, of the day alone."""
    if not places:
        return {day.key: _table(travel, day.mode, day.places()) for day in days}
    by_mode: dict[TravelMode | None, set[Position]] = {}
    for day in days:
        by_mode.setdefault(day.mode, set(places)).update(day.places())
    tables = {mode: _table(travel, mode, everything) for mode, everything in by_mode.items()}
    return {day.key: tables[day.mode] for day in days}


def _table(travel: Travel, mode: TravelMode | None, places: Iterable[Position]) -> LegTable:
    """Return the legs between places; none where nobody travels."""
    known = frozenset(places)
    return LegTable(None, {}, known) if mode is None else travel.table(mode, known)


def legs_day_by_day(travel: Travel) -> Callable[[ResourceDay], Legs]:
    """Return what gives the legs among one day's own places, measured when the first of them is asked for.

    A search reads thousands of days: all pairs of all their places would be far too many, and most are never asked for.
    """
    tables: dict[DayKey, LegTable] = {}

    def legs_of(day: ResourceDay) -> Legs:
        def legs(start: Position, end: Position) -> int:
            if day.key not in tables:
                tables[day.key] = _table(travel, day.mode, day.places())
            return tables[day.key](start, end)

        return legs

    return legs_of


def change_days(
    store: Store,
    travel: Travel,
    now: datetime,
    request: Request | None,
    keys_of: Callable[[Transaction], Collection[DayKey]],
    places: Collection[Position],
    decide: Callable[[Transaction, LockedDays], T],
    keep_hold: int = 0,
) -> T:
    """Run `decide` in one transaction with the days that `keys_of` names locked and their legs known.

    `decide` writes through the transaction; it is asked again when a visit or a booking changed while it decided. Raises
    StoreUnavailable when the days will not hold still for `ATTEMPTS` readings. The hold `keep_hold` counts as live even
    when its time has run out: its row still stands.
    """
    for _ in range(ATTEMPTS):
        with store.begin() as tx:
            snapshot = _whole(tx, keys_of(tx), now, keep_hold)
        legs = measure(travel, snapshot.values(), places)
        with suppress(ChangedMeanwhile), store.begin(request) as tx:
            locked = tx.days.lock(list(snapshot))
            late = _run_out(locked.values(), now, keep_hold) - _run_out(snapshot.values(), now, keep_hold)
            if late or set(keys_of(tx)) - set(snapshot) or not _covered(locked.values(), legs):
                continue
            live = {key: day.without_expired(now, legs[day.key], keep_hold) for key, day in locked.items()}
            return decide(tx, LockedDays(locked, live, legs))
    raise StoreUnavailable("these days are being changed by many at once: try again in a moment")


def _whole(tx: Transaction, keys: Collection[DayKey], now: datetime, keep_hold: int) -> dict[DayKey, ResourceDay]:
    """Return those days, and the others of holds that have run out on them: a crew's hold goes from all its days or none."""
    days = tx.days.get(keys)
    while more := {key for hold in _run_out(days.values(), now, keep_hold) for key in tx.holds.days(hold)} - set(days):
        days |= tx.days.get(more)
    return days


def _run_out(days: Iterable[ResourceDay], now: datetime, keep_hold: int) -> set[int]:
    """Return the ids of the holds on these days whose time has run out."""
    holds = ((stop, day.span.offset(now)) for day in days for stop in day.everything() if stop.kind is StopKind.HOLD)
    return {stop.hold for stop, moment in holds if stop.expires <= moment and stop.hold != keep_hold}


def _covered(days: Iterable[ResourceDay], legs: Tables) -> bool:
    return all(legs[day.key].mode is day.mode and legs[day.key].covers(day) for day in days)


def settled(day: ResourceDay, ids: IdSource) -> ResourceDay:
    """Return the day with its blocked pieces cut anew and an id for its way home: ready to be written."""
    named = replace(day, home=ids.occupancy()) if day.home_travel and not day.home else day
    return named.recut(ids.occupancy)
