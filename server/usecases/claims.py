"""Claiming slots: the final check under lock, shared by holds, bookings, reschedules, series and batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from server.domain import local_time
from server.domain.allotting import kept_for
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.errors import SessionFull, SlotTaken
from server.domain.organisation import Officer
from server.domain.spans import Span
from server.usecases import plain_claims
from server.usecases.changing import LockedDays, change_days
from server.usecases.offers import Offers
from server.usecases.placing import BesideRoute, Claim, InSession, Mark, NoLongerFits, OnRoutes, Option, Placing
from server.usecases.ports import Clock, DayKey, Inserter, Store, Transaction, Travel
from server.usecases.slots import Slots, Wanted

T = TypeVar("T")
MOST_TRIES = 4
ALTERNATIVES = 6
CLOSE_BY, NEARBY = timedelta(days=1), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Slots under lock: the crew of each, the lead first, and the change that puts the stops there.

    `sessions` has the id of the session in which each has a seat, 0 for none.
    """

    crews: tuple[tuple[Officer, ...], ...]
    change: Change
    sessions: tuple[int, ...]

    @property
    def crew(self) -> tuple[Officer, ...]:
        """The crew of the only one."""
        return self.crews[0]

    @property
    def session(self) -> int:
        """The session in which the only one has a seat; 0: none."""
        return self.sessions[0]


Finish = Callable[[Transaction, Claimed], tuple[Change, T]]
"""Adds what goes with the time; returns the whole change and the answer."""


class Claims:
    """Finds who can keep a promise at the least cost and takes the time, or refuses with alternatives."""

    def __init__(self, store: Store, travel: Travel, inserter: Inserter, slots: Slots, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._offers = Offers(inserter, travel)
        self._slots = slots
        self._clock = clock

    def promise(self, wanted: Wanted, start: datetime) -> Span:
        """Return the promise that begins at `start`, or refuse one that could never have been offered."""
        return wanted.service.must_offer(start, self._clock(), local_time.zone(wanted.zone))

    def take(self, request: Request, claim: Claim, mark: Mark, finish: Finish[T], free: Sequence[DayKey] = ()) -> T:
        """Claim one slot; a second and third choice are tried when a day fills meanwhile.

        `free` are days on which it may fit as they stand (plain_claims.free_days): they are tried first.
        """
        for key in free:
            with suppress(NoLongerFits, SlotTaken):
                return self._take_plain(request, claim, key, mark, finish)
        return self.take_all(request, [claim], [mark], finish)

    def _take_plain(self, request: Request, claim: Claim, key: DayKey, mark: Mark, finish: Finish[T]) -> T:
        with self._store.begin(request, looked=True) as tx:
            crew, change = plain_claims.place(tx, claim, key, mark, self._store.ids, self._clock())
            change, answer = finish(tx, Claimed((crew,), change, (0,)))
            tx.write(change, answer)
            return answer

    def take_all(self, request: Request, claims: Sequence[Claim], marks: Sequence[Mark], finish: Finish[T]) -> T:
        """Claim several slots in one transaction, all or nothing. The refusal is of the first that nobody can keep."""
        with self._store.begin(request) as tx:
            options = [self.options(tx, claim) for claim in claims]
        picked = [0] * len(claims)
        for _ in range(MOST_TRIES + 2 * len(claims)):
            spent = next((index for index, at in enumerate(picked) if at >= min(len(options[index]), MOST_TRIES)), None)
            if spent is not None:
                raise self._taken(request, claims[spent])
            chosen = [options[index][at] for index, at in enumerate(picked)]
            try:
                return self._take(request, claims, chosen, marks, finish)
            except NoLongerFits as gone:
                picked[gone.claim] += 1
            except SlotTaken:
                picked = [at + 1 for at in picked]
        raise self._taken(request, claims[0])

    def options(self, tx: Transaction, claim: Claim) -> list[Option]:
        """Return the ways to keep a promise, the cheapest first, as far as an unlocked reading tells."""
        if claim.overbook:
            return self._beside(tx, claim)
        return [*self._sessions(tx, claim), *([] if claim.wanted.service.capacity > 1 else self._routes(tx, claim))]

    def _routes(self, tx: Transaction, claim: Claim) -> list[Option]:
        rooms = self._slots.rooms(tx, claim.wanted, claim.promise)
        if not rooms.can_serve(claim.promise):
            return []
        offers = self._slots.best(tx, claim.wanted, claim.promise, claim.released_booking)
        keys = rooms.keys(claim.promise)
        return [OnRoutes(offer, keys) for offer in offers]

    def _sessions(self, tx: Transaction, claim: Claim) -> list[Option]:
        found = []
        for session, _ in self._slots.seats(tx, claim.wanted, claim.promise).free(claim.promise):
            on = session.day
            found.append(InSession(session, tuple(tx.organisation.officer(code, on) for code in session.officers)))
        return list(found)

    def _beside(self, tx: Transaction, claim: Claim) -> list[Option]:
        lead = next(one for one in claim.wanted.officers if one.id in claim.wanted.crew[0])
        keys = tx.days.overlapping(lead.id, claim.promise)
        return [BesideRoute(key, lead) for key in keys]

    def _take(
        self, request: Request, claims: Sequence[Claim], chosen: Sequence[Option], marks: Sequence[Mark], finish: Finish[T]
    ) -> T:
        released = {booking for claim in claims for booking in (claim.released_booking, claim.gives_back) if booking}
        places = {claim.wanted.position for claim in claims} - {None}

        def keys(tx: Transaction) -> set[DayKey]:
            given_back = (key for booking in sorted(released) for key in tx.bookings.days(booking))
            return {*(key for option in chosen for key in option.keys), *given_back}

        def decide(tx: Transaction, locked: LockedDays) -> T:
            actor, now = request.caller.principal, self._clock()
            on = Placing.of(tx, locked, self._offers, self._store.ids, now, actor, released)
            crews = []
            for index, (claim, option, mark) in enumerate(zip(claims, chosen, marks, strict=True)):
                try:
                    crews.append(option.place(on, claim, mark))
                except NoLongerFits as gone:
                    raise NoLongerFits(index) from gone
            seats = tuple(option.session.id if isinstance(option, InSession) else 0 for option in chosen)
            change, answer = finish(tx, Claimed(tuple(crews), on.change(), seats))
            tx.write(change, answer)
            return answer

        known = [place for place in places if place is not None]
        return change_days(self._store, self._travel, self._clock(), request, keys, known, decide)

    def _taken(self, request: Request, claim: Claim) -> SlotTaken | SessionFull:
        """Return the refusal with what is free nearby; raises AlreadyAnswered when this request's twin has the time."""
        with self._store.begin(request) as tx:
            near = self.alternatives(tx, claim)
            full = bool(tx.sessions.offering(claim.wanted.service.code, claim.promise, claim.wanted.office))
        start, code = claim.promise.start.isoformat(), claim.wanted.service.code
        remedy = "take one of the alternatives" if near else "nothing is free within 14 days of it"
        if full:
            error: SlotTaken | SessionFull = SessionFull(
                f"every seat at {start} for services/{code} is taken: {remedy}", start_time=start
            )
        else:
            error = SlotTaken(f"nobody is free at {start} for services/{code}: {remedy}", start_time=start)
        error.alternatives = tuple(near)
        return error

    def alternatives(self, tx: Transaction, claim: Claim) -> list[Span]:
        """Return the promises nearest to a claim's that could be kept, at most `ALTERNATIVES`.

        First those that leave each other alone: whoever takes one has not taken the next. Far ones are looked for only where
        the near ones are too few: many may be refused the same time at once.
        """
        for reach in (CLOSE_BY, NEARBY):
            start = max(claim.promise.start - reach, self._clock())
            around = Span(start, max(claim.promise.start, start) + reach)
            others = self._slots.promises(tx, claim.wanted, around, claim.released_booking)
            nearest = sorted(others, key=lambda promise: (abs(promise.start - claim.promise.start), promise))
            apart = _apart(nearest, claim)
            if len(apart) == ALTERNATIVES:
                return apart
        return [*apart, *(promise for promise in nearest if promise not in apart)][:ALTERNATIVES]


def _apart(nearest: Sequence[Span], claim: Claim) -> list[Span]:
    """Return the first of these promises that leave each other alone, at most `ALTERNATIVES`."""
    apart, busy = list[Span](), list[Span]()
    for promise in nearest:
        kept = kept_for(claim.wanted.service, promise)
        if not any(kept.overlaps(other) for other in busy):
            apart.append(promise)
            busy.append(kept)
            if len(apart) == ALTERNATIVES:
                break
    return apart
