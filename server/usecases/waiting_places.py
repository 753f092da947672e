"""Ending an entry of the waiting list, and with it what was kept for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from server.domain.caller import Request
from server.domain.change import Change
from server.domain.resource_day import ResourceDay
from server.domain.waiting import WaitingEntry, WaitingState, WaitingView
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.ports import DayKey, Store, Transaction, Travel


def given_up(
    store: Store, travel: Travel, now: datetime, request: Request | None, seen: WaitingEntry, state: WaitingState
) -> WaitingEntry:
    """Return the entry in that final state, the time that was held for it freed, or refuse if it is over already."""

    def keys(tx: Transaction) -> list[DayKey]:
        entry = tx.waiting.get(seen.name)
        return tx.holds.days(entry.offer.hold) if entry.offer else []

    def decide(tx: Transaction, locked: LockedDays) -> WaitingEntry:
        entry = tx.waiting.get(seen.name, lock=True)
        gone = replace(entry.to(state), offer=None)
        hold = entry.offer.hold if entry.offer else 0
        after = tuple(settled(_without(day, hold, locked), store.ids) for day in locked.now.values())
        released = tuple({*locked.released_holds(), *([hold] if hold else [])})
        tx.waiting.save(gone)
        tx.write(Change(tuple(locked.before.values()), after, released_holds=released), WaitingView(gone))
        return gone

    return change_days(store, travel, now, request, keys, (), decide)


def _without(day: ResourceDay, hold: int, locked: LockedDays) -> ResourceDay:
    gone = [stop.occupancy for stop in day.everything() if hold and stop.hold == hold]
    return day.without(gone, locked.legs_of(day))
