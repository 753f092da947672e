"""Offering what came free to those who wait: one hold per offer, in the entry's name, the heaviest first."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from server.domain import local_time
from server.domain.booking import Hold
from server.domain.caller import Caller, Request
from server.domain.change import Change, Job
from server.domain.commands import SlotChoice, SlotQuery
from server.domain.errors import DomainError, SessionFull, SlotTaken, StoreUnavailable
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.domain.waiting import Kept, WaitingEntry, WaitingState
from server.usecases.claims import Claimed, Claims
from server.usecases.placing import Claim
from server.usecases.ports import Clock, Store, Transaction, Travel
from server.usecases.slots import LONGEST_SEARCH, MOST_OFFERS, Slots
from server.usecases.waiting_places import given_up

PER_SERVICE = 50
TRIES = 3
LOOK_ANYWAY = timedelta(minutes=1)


class _Gone(Exception):
    """The entry does not wait any more."""


class WaitingOffers:
    """Sweeps the list: offers that ran out go to the next in line, what is free is offered."""

    def __init__(
        self, store: Store, travel: Travel, slots: Slots, claims: Claims, clock: Clock, kept_for: timedelta
    ) -> None:
        self._store = store
        self._travel = travel
        self._slots = slots
        self._claims = claims
        self._clock = clock
        self._kept_for = kept_for
        self._seen: tuple[tuple[int, ...], datetime] | None = None

    def sweep(self) -> int:
        """Make every offer that can be made now; return how many. Cheap while nothing has changed."""
        self._end_late()
        with self._store.begin() as tx:
            pulse, now = tx.waiting.pulse(), self._clock()
            if self._seen and self._seen[0] == pulse and now - self._seen[1] < LOOK_ANYWAY:
                return 0
            waiting = tx.waiting.queue(PER_SERVICE)
        made = sum(self._offer(entry) for entry in waiting)
        self._seen = pulse, now
        return made

    def _end_late(self) -> None:
        with self._store.begin() as tx:
            late = [tx.waiting.by_id(number) for number in tx.waiting.late(self._clock())]
        for entry in late:
            with suppress(DomainError):  # booked or left meanwhile, or somebody works on that day: the next sweep sees
                if entry is not None:
                    given_up(self._store, self._travel, self._clock(), None, entry, WaitingState.EXPIRED)

    def _offer(self, entry: WaitingEntry) -> bool:
        """Keep the first time that the entry would take, if there is one."""
        caller = Caller(entry.name, entry.role)
        try:
            for promise in self._free(entry, caller)[:TRIES]:
                with suppress(SlotTaken, SessionFull):
                    self._keep(entry, caller, promise)
                    return True
        except (_Gone, StoreUnavailable):
            return False
        except DomainError:  # the service, its officers or the place changed: nothing can be offered as things are
            return False
        return False

    def _free(self, entry: WaitingEntry, caller: Caller) -> list[Span]:
        """Return promises that could be kept now and that the entry would take, earliest first."""
        with self._store.begin() as tx:
            wanted = self._slots.wanted(tx, caller, _choice(entry, entry.wish.span.start), self._clock().date())
        zone = local_time.zone(entry.zone)
        left = entry.wish.span.intersection(wanted.service.open_span(self._clock()))
        while left is not None:
            span = Span(left.start, min(left.end, left.start + LONGEST_SEARCH))
            query = SlotQuery(
                service=entry.service,
                premises=entry.premises,
                span=span,
                limit=MOST_OFFERS,
                location=entry.location,
                duration_minutes=entry.duration_minutes,
            )
            found, more = self._slots.search(caller, query)
            liked = [slot.promise for slot in found if entry.wish.likes(slot.promise.start, zone)]
            if liked:
                return liked
            seen = max(slot.promise.start for slot in found) + timedelta(seconds=1) if more else span.end
            left = Span(seen, left.end) if seen < left.end else None
        return []

    def _keep(self, entry: WaitingEntry, caller: Caller, promise: Span) -> None:
        now = self._clock()
        hold = Hold(
            id=self._store.ids.unguessable(),
            principal=entry.name,
            service=entry.service,
            premises=entry.premises,
            promise=promise,
            expires=min(now + self._kept_for, promise.start),
            location=entry.location,
            duration_minutes=entry.duration_minutes,
        )

        def mark(stop: Stop, day: ResourceDay) -> Stop:
            return replace(stop, kind=StopKind.HOLD, hold=hold.id, expires=day.span.offset(hold.expires))

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, str]:
            current = tx.waiting.by_id(entry.id, lock=True)
            if current is None or current.version != entry.version or current.state is not WaitingState.WAITING:
                raise _Gone
            offered = current.offered(Kept(hold.id, promise, hold.expires))
            tx.waiting.save(offered)
            return replace(claimed.change, holds=(hold,), jobs=(_tell(offered),)), ""

        request = Request(caller, "waiting.offer", str(uuid.uuid4()), b"", lambda _: b"")
        with self._store.begin() as tx:
            wanted = self._slots.wanted(tx, caller, _choice(entry, promise.start), promise.start.date())
        self._claims.take(request, Claim(wanted, promise), mark, finish)


def _choice(entry: WaitingEntry, start: datetime) -> SlotChoice:
    return SlotChoice(entry.service, entry.premises, start, "", entry.location, entry.duration_minutes)


def _tell(entry: WaitingEntry) -> Job:
    """Return the job that tells the customer of an offer; it is keyed by the offer's number."""
    return Job("waiting.tell", "messages", {"entry": entry.id, "offer": entry.offers}, lock=entry.name)
