"""Rosters: the days of officers, rooms and equipment follow their opening rules and the facts, up to a horizon."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from server.domain.audit import Audit
from server.domain.caller import Request
from server.domain.change import Change, Job
from server.domain.errors import StoreUnavailable
from server.domain.opening import AUTHORITY, Subject, SubjectKind
from server.domain.resource_day import ResourceDay
from server.domain.roster import Origin, Rostered, is_occupied
from server.usecases.changing import LockedDays, change_days
from server.usecases.ports import Clock, DayKey, Holidays, Store, Transaction, Travel
from server.usecases.realigning import Outcome, Pending, Realignment, Work

T = TypeVar("T")
Write = Callable[[Transaction], None]
ROUNDS = 3
ALONE = (SubjectKind.OFFICER, SubjectKind.RESOURCE)


class Rosters:
    """Brings days into line, an officer or a resource in a transaction."""

    def __init__(self, store: Store, travel: Travel, clock: Clock, holidays: Holidays, horizon_days: int) -> None:
        self._store = store
        self._travel = travel
        self._clock = clock
        self._holidays = holidays
        self._horizon_days = horizon_days

    def open(self) -> int:
        """Bring everybody's days into line up to today's horizon; return how many officers and resources there are."""
        return self.reopen(AUTHORITY)

    def reopen(self, subject: Subject, since: datetime | None = None) -> int:
        """Bring the days into line that end after `since` (None: now) of everybody whom a subject covers."""
        with self._store.begin() as tx:
            covered = tx.rosters.covered(subject)
        self._align_all(covered, since or self._clock(), Pending())
        return len(covered)

    def follow(self, officers: Collection[str], since: datetime) -> None:
        """Bring officers' days (by code) into line that end after `since`, where rules or others' facts say anything."""
        with self._store.begin() as tx:
            if not tx.rosters.is_governed():
                return
        for code in sorted(officers):
            self.reopen(Subject(SubjectKind.OFFICER, code), min(since, self._clock()))

    def give_way(self, tx: Transaction, shift: ResourceDay) -> bool:
        """Forget the days of the rules that are in the way of a shift, if nothing stands on them; tell whether they went."""
        keys = {shift.key, *tx.days.overlapping(shift.resource, shift.span)}
        there = tx.days.lock(keys)
        tx.rosters.lock(shift.resource)
        since = min(day.span.start for day in there.values())
        origins = {day.key: origin for day, origin in tx.rosters.days(shift.resource, since)}
        if any(origins[day.key] is not Origin.RULE or is_occupied(day) for day in there.values()):
            return False
        closed = [overlay for overlay in tx.rosters.overlays(shift.resource, since) if not overlay.fact]
        gone = [overlay.id for overlay in closed if any(overlay.span.overlaps(day.span) for day in there.values())]
        tx.rosters.drop_days(there.keys())
        tx.rosters.drop_overlays(gone)
        return True

    def record(
        self,
        request: Request,
        subjects: tuple[Subject, ...],
        since: datetime,
        pending: Pending,
        write: Write,
        answer: Callable[[Outcome], T],
        audit: Audit,
    ) -> T:
        """Write something about `subjects` and bring their days into line: at once for one officer or one resource.

        For more, what is written is committed first and each of theirs follows; should that end early, a job goes on.
        """
        with self._store.begin(request) as tx:
            covered = {who.id: who for subject in subjects for who in tx.rosters.covered(subject)}
        if len(subjects) == 1 and subjects[0].kind in ALONE:
            (who,) = covered.values()
            return self._align(request, who, since, pending, write, answer, audit)
        result = answer(Outcome())
        with self._store.begin(request) as tx:
            write(tx)
            tx.write(Change(audits=(audit,), jobs=tuple(reopening(subject, since) for subject in subjects)), result)
        self._align_all(covered.values(), since, Pending(settles=pending.settles))
        return result

    def _align_all(self, covered: Iterable[Rostered], since: datetime, pending: Pending) -> None:
        """Bring everybody's days into line; those that many are changing just now come again at the end."""
        left = list(covered)
        for _ in range(ROUNDS):
            left = [who for who in left if not self._is_aligned(who, since, pending)]
        if left:
            raise StoreUnavailable(f"the days of {left[0].subject} are being changed by many at once: try again in a moment")

    def _is_aligned(self, who: Rostered, since: datetime, pending: Pending) -> bool:
        with suppress(StoreUnavailable):
            self._align(None, who, since, pending, _nothing, _nothing_said)
            return True
        return False

    def _align(
        self,
        request: Request | None,
        who: Rostered,
        since: datetime,
        pending: Pending,
        write: Write,
        answer: Callable[[Outcome], T],
        *audits: Audit,
    ) -> T:
        now = self._clock()
        one = Realignment(self._store.ids, self._holidays, now, self._horizon_days, who, since, pending)

        def decide(tx: Transaction, locked: LockedDays) -> T:
            tx.rosters.lock(who.id)
            write(tx)
            work = one.decide(tx, locked)
            result = answer(work.outcome)
            _save(tx, replace(work, change=replace(work.change, audits=audits)), result)
            return result

        return change_days(self._store, self._travel, now, request, _Keys(one), (), decide)


class _Keys:
    """Names the days to lock. Asked again under their lock it says the same: `decide` looks again by itself."""

    def __init__(self, realignment: Realignment) -> None:
        self._realignment = realignment
        self._named: set[DayKey] | None = None

    def __call__(self, tx: Transaction) -> set[DayKey]:
        named = self._realignment.keys(tx) if self._named is None else self._named
        self._named = named if self._named is None else None
        return named


def _nothing(_: Transaction) -> None:
    """Nothing is to be written but the days."""


def _nothing_said(_: Outcome) -> None:
    """Nobody waits for an answer."""


def reopening(subject: Subject, since: datetime) -> Job:
    """Return the job that brings the days into line of everybody whom a subject covers."""
    return Job("rosters.reopen", "upkeep", {"kind": subject.kind.value, "code": subject.code, "since": since.isoformat()})


def _save(tx: Transaction, work: Work, answer: object) -> None:
    """Write it in the order that the constraints ask for: what goes makes room, then days move, then new ones come."""
    before, after = {day.key: day for day in work.change.before}, {day.key: day for day in work.change.after}
    tx.rosters.drop_days(before.keys() - after.keys())
    tx.rosters.move_spans([day for key, day in after.items() if day.span != before[key].span])
    tx.rosters.add_overlays(work.target.added)
    tx.rosters.move_overlays(work.target.moved)
    tx.write(replace(work.change, before=tuple(before[key] for key in after)), answer)
    tx.days.add(work.target.new, Origin.RULE.value)
    tx.rosters.drop_overlays(work.target.dropped)
