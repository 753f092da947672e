"""Packed routes as arrays: the bytes of many days are read as words at once, without an object per stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from server.domain.resource_day import ResourceDay, StopKind
from server.store import route_codec
from server.usecases.ports.search import NEVER, DayArrays, Flags, Index, Moments, Numbers, StoredDay

_HEADER, _STOP, _FACT = (size // 4 for size in route_codec.SIZES)
_KIND = {kind: number for number, kind in enumerate(route_codec.KINDS)}
# Words of a stop: the ids take two each, then kind, flags and seat share one.
_VISIT, _BOOKING, _HOLD, _FLAGS, _LAT = 2, 4, 6, 12, 13
_WORK, _EARLIEST, _LATEST, _START, _BEFORE, _AFTER, _TRAVEL, _WEIGHT, _EXPIRES = range(15, 24)


class RouteArrays:
    """Reads stored days by the layout of the route codec."""

    def arrays(self, days: Sequence[StoredDay]) -> DayArrays:
        """Return officers' days as arrays."""
        return _Words(days).arrays()

    def day(self, stored: StoredDay) -> ResourceDay:
        """Return one day."""
        return route_codec.unpack(stored.route, stored.day, stored.resource, stored.span, stored.seq)

    def stored(self, like: StoredDay, day: ResourceDay) -> StoredDay:
        """Return a day, changed, as it would be stored."""
        return replace(like, route=route_codec.pack(day))


class _Words:
    """The packed routes of some days, one after the other, as 32-bit words."""

    def __init__(self, days: Sequence[StoredDay]) -> None:
        self._days = days
        self._words = np.frombuffer(b"".join(day.route for day in days), dtype="<i4").astype(np.int32, copy=False)
        lengths = np.array([len(day.route) // 4 for day in days], np.intp)
        self._head = np.cumsum(lengths) - lengths
        if len(days) and (self._at(self._head, 0) & 0xFFFF != route_codec.FORMAT).any():
            raise ValueError(f"a route is not of format {route_codec.FORMAT}: another release wrote this database")
        many = self._at(self._head, 6)
        self._counts = (many & 0xFFFF).astype(np.intp)
        self._facts = (many >> 16 & 0xFFFF).astype(np.intp)
        self._beside = (self._at(self._head, 7) >> 16 & 0xFFFF).astype(np.intp)
        self._stops = _spread(self._head + _HEADER, self._counts, _STOP)
        self._owner = np.repeat(np.arange(len(days)), self._counts)
        self._kind = self._at(self._stops, _FLAGS) & 0xFF

    def _at(self, rows: Index, word: int) -> Numbers:
        return self._words[rows + word]

    def _stop(self, word: int) -> Numbers:
        return self._at(self._stops, word)

    def _named(self, word: int) -> Flags:
        named: Flags = (self._stop(word) | self._stop(word + 1)) != 0
        return named

    def arrays(self) -> DayArrays:
        flags = self._stop(_FLAGS) >> 8
        promised, visits = self._named(_BOOKING) | self._named(_HOLD), self._named(_VISIT) | self._named(_HOLD)
        fixed = flags & route_codec.FIXED != 0
        yields = self._named(_VISIT) & ~promised & ~fixed
        kept = np.where(promised, self._stop(_BEFORE) + self._stop(_WORK) + self._stop(_AFTER), 0)
        return DayArrays(
            resource=np.array([day.resource for day in self._days], np.int64),
            start=_seconds([day.span.start.timestamp() for day in self._days]),
            end=_seconds([day.span.end.timestamp() for day in self._days]),
            mode=self._at(self._head, 0) >> 16 & 0xFF,
            base_lat=self._at(self._head, 1),
            base_lon=self._at(self._head, 2),
            home_travel=self._at(self._head, 5),
            counts=self._counts,
            visits=(self._sums(visits) + self._beside).astype(np.int32),
            promised=self._sums(kept),
            placed=flags & route_codec.PLACED != 0,
            fixed=fixed,
            away=self._away(),
            lat=self._stop(_LAT),
            lon=self._stop(_LAT + 1),
            work=self._stop(_WORK),
            earliest=self._stop(_EARLIEST),
            latest=self._stop(_LATEST),
            begin=self._stop(_START),
            before=self._stop(_BEFORE),
            after=self._stop(_AFTER),
            travel=self._stop(_TRAVEL),
            yields=np.where(yields, self._stop(_WEIGHT), -1),
            expires=np.where(self._kind == _KIND[StopKind.HOLD], self._stop(_EXPIRES), NEVER),
        )

    def _sums(self, values: Numbers | Flags) -> Numbers:
        return np.bincount(self._owner, values, len(self._days)).astype(np.int32)

    def _away(self) -> Flags:
        """Return what is time away: blocked time, and breaks inside a fact."""
        away: Flags = self._kind == _KIND[StopKind.BLOCKED]
        rests = np.flatnonzero((self._kind == _KIND[StopKind.BREAK]) & (self._facts[self._owner] > 0))
        rows, days = self._stops[rests], self._owner[rests]
        low = self._at(rows, _START) - self._at(rows, _BEFORE) - self._at(rows, _TRAVEL)
        high = self._at(rows, _START) + self._at(rows, _WORK) + self._at(rows, _AFTER)
        facts = self._head + _HEADER + _STOP * (self._counts + self._beside)
        for number in range(int(self._facts.max(initial=0))):
            here = np.flatnonzero(self._facts[days] > number)
            fact = facts[days[here]] + number * _FACT
            inside = (self._at(fact, 2) <= low[here]) & (high[here] <= self._at(fact, 3))
            away[rests[here[inside]]] = True
        return away


def _spread(first: Index, counts: Index, size: int) -> Index:
    """Return where each of the rows begins, `counts` of them behind each other from each `first` on."""
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    rows: Index = np.repeat(first, counts) + size * number
    return rows


def _seconds(moments: list[float]) -> Moments:
    return np.array(moments, np.float64).astype(np.int64)
