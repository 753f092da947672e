"""One officer's or resource's days, brought into line with its rules and facts inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from server.domain import local_time
from server.domain.booking import LIVE
from server.domain.change import Change
from server.domain.facts import Overlay, RecordedFact, Repair
from server.domain.geography import Position
from server.domain.opening import OpeningRule, Timetable
from server.domain.realignment import Realigned, Recorded, realigned
from server.domain.resource_day import Fact, Legs, ResourceDay, Stop
from server.domain.roster import Rostered, Standing
from server.domain.visit import VisitState
from server.usecases import repairs as repairs_of
from server.usecases.changing import LockedDays, settled
from server.usecases.ports import ChangedMeanwhile, DayKey, Holidays, IdSource, Transaction

T = TypeVar("T")
ONE_DAY = timedelta(days=1)
CLOSED_BY_RULES = "closed by the opening rules"


@dataclass(frozen=True, slots=True)
class Pending:
    """Rules and facts that are about to be recorded, by id; None for those about to go. `settles`: what repairs are told."""

    rules: Mapping[int, OpeningRule | None] = field(default_factory=dict)
    facts: Mapping[int, RecordedFact | None] = field(default_factory=dict)
    settles: str = "the time is open again"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What bringing days into line did: repairs that it opened, visits without a booking that went back to OPEN."""

    repairs: tuple[Repair, ...] = ()
    reopened_visits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What has to be written: in `change` the days that are locked, in `target` what else there is."""

    target: Realigned
    change: Change
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Realignment:
    """Decides what to write about `who`. Looks at the days that end after `since`; rules make those of the horizon."""

    ids: IdSource
    holidays: Holidays
    now: datetime
    horizon_days: int
    who: Rostered
    since: datetime
    pending: Pending

    def keys(self, tx: Transaction) -> set[DayKey]:
        """Return the days that change: the own ones, and those of the crews whose visits would leave them."""
        recorded = self._recorded(tx)
        return self._needed(tx, recorded, self._target(recorded))

    def decide(self, tx: Transaction, locked: LockedDays) -> Work:
        """Return what has to be written, with everything read again under the locks."""
        recorded = _with_days(self._recorded(tx), locked.now)
        target = self._target(recorded, self.ids)
        if self._needed(tx, recorded, target) - locked.before.keys():
            raise ChangedMeanwhile  # a day was added since they were locked, by whoever kept this one waiting
        hit = _hit_visits(target.days.values())
        visits = tx.visits.some(hit) if hit else {}
        freed = {number for number, visit in visits.items() if visit.state is VisitState.PLANNED}
        live = dict(locked.now)
        if freed:
            live = {key: _without(day, freed, locked.legs_of(day)) for key, day in live.items()}
            target = self._target(_with_days(recorded, live), self.ids)
        own = {on: day for on, day in target.days.items() if (on, self.who.id) in live}
        stay = [(on, who) for on, who in live if who != self.who.id or on not in target.gone]
        after = [own[on] if who == self.who.id else live[on, who] for on, who in stay]
        opened, closed = self._repairs(tx, locked, own, (*recorded.overlays, *target.added), recorded.facts)
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self.ids) for day in after),
            visits=tuple(visits[number].to(VisitState.OPEN) for number in sorted(freed)),
            released_holds=locked.released_holds(),
            repairs=(*opened, *closed),
        )
        new = tuple(settled(day, self.ids) for day in target.new)
        return Work(replace(target, new=new), change, Outcome(opened, tuple(sorted(freed))))

    def _needed(self, tx: Transaction, recorded: Recorded, target: Realigned) -> set[DayKey]:
        keys = self._changed(recorded, target)
        hit = _hit_visits(target.days.values())
        if hit:
            bare = _without_visits(recorded, hit)
            keys |= self._changed(bare, self._target(bare)) | set(tx.days.of_visits(hit))
        return keys

    def _recorded(self, tx: Transaction) -> Recorded:
        stored = tx.rosters.days(self.who.id, min(self.since, self.now - 2 * ONE_DAY))  # today's, though it may be over
        standing = {day.day: Standing(day, origin) for day, origin in stored}
        since = min([self.since, *(one.day.span.start for one in standing.values())])
        rules = _edited({rule.id: rule for rule in tx.rules.about(self.who)}, self.pending.rules)
        facts = _edited({fact.id: fact for fact in tx.facts.about(self.who, since)}, self.pending.facts)
        zone = local_time.zone(self.who.zone)
        return Recorded(
            self.who,
            standing,
            Timetable(self.who.governing(rules.values()), self._closed_years(standing), zone),
            [fact for fact in facts.values() if fact.subject in self.who.subjects],
            tx.rosters.overlays(self.who.id, since),
        )

    def _closed_years(self, standing: Iterable[date]) -> frozenset[date]:
        years = {day.year for on in (*standing, *self._dates()) for day in (on - ONE_DAY, on)}
        return frozenset(day for year in years for day in self.holidays.of_year(year))

    def _dates(self) -> list[date]:
        today = local_time.local_date(self.now, local_time.zone(self.who.zone))
        return [today + number * ONE_DAY for number in range(self.horizon_days)]

    def _target(self, recorded: Recorded, ids: IdSource | None = None) -> Realigned:
        return realigned(recorded, self._dates(), self.now, ids.unguessable if ids else lambda: 0)

    def _changed(self, recorded: Recorded, target: Realigned) -> set[DayKey]:
        changed = [on for on, day in target.days.items() if day is not recorded.standing[on].day]
        return {(on, self.who.id) for on in (*changed, *target.gone)}

    def _repairs(
        self,
        tx: Transaction,
        locked: LockedDays,
        after: Mapping[date, ResourceDay],
        overlays: Iterable[Overlay],
        facts: Iterable[RecordedFact],
    ) -> tuple[tuple[Repair, ...], tuple[Repair, ...]]:
        """Return the repairs to open and those that are settled by this."""
        causes = {fact.id: fact.cause for fact in facts}
        why = {overlay.id: causes.get(overlay.fact, CLOSED_BY_RULES) for overlay in overlays}
        was, still, lost = set[int](), set[int](), dict[int, str]()
        for key, before in locked.before.items():
            day = after.get(key[0]) if key[1] == self.who.id else None
            if day is None:
                continue
            known = {(fact.overlay, before.span.at(fact.start), before.span.at(fact.end)) for fact in before.facts}
            was |= {booking for _, stop in _collisions(before) for booking in _promised(tx, stop)}
            for fact, stop in _collisions(day):
                bookings = _promised(tx, stop)
                still |= bookings
                if (fact.overlay, day.span.at(fact.start), day.span.at(fact.end)) not in known:
                    lost |= dict.fromkeys(bookings - lost.keys(), why[fact.overlay])
        officer, resource = self.who.codes
        over = repairs_of.settled(tx, sorted(was - still), officer, self.pending.settles, resource)
        return self._opened(tx, lost), tuple(over)

    def _opened(self, tx: Transaction, lost: Mapping[int, str]) -> tuple[Repair, ...]:
        officer, resource = self.who.codes
        unknown = repairs_of.unknown(tx, lost, officer, resource)
        return tuple(
            repairs_of.opened(self.ids.unguessable(), booking, officer, lost[booking.id], self.now, resource)
            for booking in (tx.bookings.some(unknown).values() if unknown else ())
            if booking.state in LIVE
        )


def _edited(known: Mapping[int, T], edits: Mapping[int, T | None]) -> dict[int, T]:
    every = {**known, **edits}
    return {number: one for number, one in every.items() if one is not None}


def _collisions(day: ResourceDay) -> Iterator[tuple[Fact, Stop]]:
    """Yield every fact with each stop whose time it takes."""
    for fact in day.facts:
        for stop in day.everything():
            if not stop.overlay and fact.start < stop.busy[1] and stop.busy[0] < fact.end:
                yield fact, stop


def _promised(tx: Transaction, stop: Stop) -> set[int]:
    """Return the bookings that a stop keeps: its own, or those of the session that it stands for."""
    if stop.session and not stop.booking:
        return tx.rosters.booked_in([stop.session])[stop.session]
    return {stop.booking} if stop.booking else set()


def _hit_visits(days: Iterable[ResourceDay]) -> set[int]:
    """Return the visits without a booking whose time is closed."""
    return {stop.visit for day in days for _, stop in _collisions(day) if stop.visit and not stop.booking}


def _with_days(recorded: Recorded, days: Mapping[DayKey, ResourceDay]) -> Recorded:
    """Return what is recorded with other days in the place of those that are stored."""
    standing = {on: replace(one, day=days.get(one.day.key, one.day)) for on, one in recorded.standing.items()}
    return replace(recorded, standing=standing)


def _without(day: ResourceDay, visits: Collection[int], legs: Legs) -> ResourceDay:
    return day.without([stop.occupancy for stop in day.everything() if stop.visit in visits], legs)


def _without_visits(recorded: Recorded, visits: Collection[int]) -> Recorded:
    """Return what is recorded as if the visits were gone, ways unmeasured."""
    bare = {on: replace(one, day=_without(one.day, visits, _unmeasured)) for on, one in recorded.standing.items()}
    return replace(recorded, standing=bare)


def _unmeasured(start: Position, end: Position) -> int:
    raise KeyError(start, end)
