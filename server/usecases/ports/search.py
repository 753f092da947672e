"""The search for slots: many officer-days as arrays, and what is found in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from server.domain.limits import Limits
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.usecases.ports.basics import DayKey
from server.usecases.ports.insertion import Candidate

Numbers: TypeAlias = npt.NDArray[np.int32]
Moments: TypeAlias = npt.NDArray[np.int64]
Index: TypeAlias = npt.NDArray[np.intp]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class StoredDay:
    """A resource-day as it is stored: `version` is another after each change, `route` the packed route."""

    day: date
    resource: int
    span: Span
    seq: int
    version: int
    route: bytes

    @property
    def key(self) -> DayKey:
        """What it is locked by."""
        return self.day, self.resource


@dataclass(frozen=True, slots=True)
class StoredDays:
    """What of some days changed: `count` is how many there are in all, `as_of` what to ask from the next time.

    `is_private`: the reading transaction itself has written one of them; nobody else must learn of that.
    """

    count: int
    as_of: int
    changed: tuple[StoredDay, ...]
    is_private: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class DayArrays:
    """Many officers' days: an entry per day, then an entry per stop of their routes, day after day.

    `start` and `end` are seconds since 1970; the stops' times are seconds from the start of their day. `mode` counts
    travel modes as the enumeration has them. A stop that is not `placed` happens where the officer is; `away` are those
    that are time away. `yields` is the weight of a planned visit, promised to nobody, that may be pushed out; -1 for all
    others. `expires` is that of a hold, `NEVER` for all others. `visits` counts each day's visits and holds, `promised` the
    seconds that they keep for people.
    """

    resource: Moments
    start: Moments
    end: Moments
    mode: Numbers
    base_lat: Numbers
    base_lon: Numbers
    home_travel: Numbers
    counts: Index
    visits: Numbers
    promised: Numbers
    placed: Flags
    fixed: Flags
    away: Flags
    lat: Numbers
    lon: Numbers
    work: Numbers
    earliest: Numbers
    latest: Numbers
    begin: Numbers
    before: Numbers
    after: Numbers
    travel: Numbers
    yields: Numbers
    expires: Numbers


NEVER = 2**31 - 1


class DayCodec(Protocol):
    """Reads stored days."""

    def arrays(self, days: Sequence[StoredDay]) -> DayArrays:
        """Return officers' days as arrays."""

    def day(self, stored: StoredDay) -> ResourceDay:
        """Return one day."""

    def stored(self, like: StoredDay, day: ResourceDay) -> StoredDay:
        """Return a day, changed, as it would be stored."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is searched.

    `promises` has, per zone, every promise that could be offered, in order and all equally long; `zones` the zone of each
    officer who could take part; `crew` says, for a local date, who has the skills for each member. `is_open` tells, last
    of all, whether a promise can be kept otherwise: rooms, equipment. The stops of the booking `released` on its `freed`
    days count as taken off. Only if it `may_displace` does a planned visit, promised to nobody, give way.
    """

    candidate: Candidate
    promises: Mapping[str, Sequence[Span]]
    zones: Mapping[int, str]
    crew: Callable[[date], Sequence[frozenset[int]]]
    now: datetime
    limit: int
    by_cost: bool = False
    limits: Mapping[int, Limits] = field(default_factory=dict)
    is_open: Callable[[Span], bool] = lambda _: True
    released: int = 0
    freed: Collection[DayKey] = ()
    may_displace: bool = True


@dataclass(frozen=True, slots=True)
class Team:
    """A crew that can keep a promise, the lead first: each one's day, and what it costs the plan in all."""

    days: tuple[DayKey, ...]
    displaced_weight: int
    extra: int

    @property
    def lead(self) -> int:
        """The officer who leads."""
        return self.days[0][1]


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that can be kept: the best team of each of the cheapest leads, and how many could lead.

    Nobody is displaced where anybody can keep it without.
    """

    promise: Span
    teams: tuple[Team, ...]
    leads: int


class DayReader(Protocol):
    """Reads what changed of the days of some dates."""

    def changed(self, first: date, after_last: date, as_of: int) -> StoredDays:
        """Return the days with first <= day < after_last that changed since a reading gave `as_of`; 0 for all."""


class SlotSearch(Protocol):
    """Finds promises that can be kept."""

    def find(self, days: DayReader, ask: Ask) -> list[Finding]:
        """Return the first promises that can be kept, as ranked: at most one more than the limit."""

    def is_anybody_there(self, days: DayReader, ask: Ask) -> bool:
        """Tell whether anybody with the skills works while any of the promises lasts, busy or not."""
