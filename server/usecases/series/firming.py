"""Making intentions firm as the roster opens; what cannot be kept is left for somebody to choose a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from server.domain.audit import Audit
from server.domain.caller import Caller, Request, Role
from server.domain.catalogue import Service
from server.domain.change import Change
from server.domain.eligibility import must_be_reachable
from server.domain.errors import DomainError, SessionFull, SlotTaken, StoreUnavailable
from server.domain.series import Occurrence, OccurrenceState, Series
from server.usecases.cases import must_be_open
from server.usecases.claims import Claimed
from server.usecases.ports import ChangedMeanwhile, Transaction
from server.usecases.series.desk import ATTEMPTS, Desk, confirmed, start_of, told, with_sessions
from server.usecases.series.prospects import Asked, Prospect

FIRMER = Caller("series.firm", Role.WORKER)
AHEAD = timedelta(days=3 * 366)
PAGE = 100


class Firming(Desk):
    """The nightly look at what was intended."""

    def firm(self) -> int:
        """Make firm every intention that the roster now reaches; return how many got a booking. A transaction per series."""
        made, after = 0, -1
        while numbers := self._page(after):
            for number in numbers:
                with suppress(DomainError, ChangedMeanwhile):  # busy days, or one bad series: the next night has it
                    made += self._firm_one(number)
            after = numbers[-1]
        return made

    def _page(self, after: int) -> list[int]:
        with self._store.begin() as tx:
            return tx.series.intended(self._clock() + AHEAD, after, PAGE)

    def _firm_one(self, number: int) -> int:
        request = Request(FIRMER, "series.firm", str(uuid4()), b"", lambda _: b"")
        taken = set[datetime]()
        for attempt in range(ATTEMPTS):
            with self._store.begin() as tx:
                series = tx.series.by_id(number)
                waiting = [one for one in tx.series.occurrences(number) if one.state is OccurrenceState.INTENDED]
                prospects = self._looked_at(tx, series, waiting, taken)
            pairs = list(zip(waiting, prospects, strict=True))
            if all(prospect.is_intention for _, prospect in pairs):
                return 0
            try:
                return self._made_firm(request, series, pairs)
            except (SlotTaken, SessionFull) as gone:
                if attempt == ATTEMPTS - 1:
                    raise
                taken.add(start_of(gone))
        return 0

    def _looked_at(
        self, tx: Transaction, series: Series, waiting: Sequence[Occurrence], taken: set[datetime]
    ) -> list[Prospect]:
        """Return the prospects; what is refused (a service, place or case that is gone) clashes, for somebody to look at."""
        asked = [Asked(one.start) for one in waiting]
        return [self._looked_at_one(tx, series, one, taken) for one in asked]

    def _looked_at_one(self, tx: Transaction, series: Series, asked: Asked, taken: set[datetime]) -> Prospect:
        try:
            prospect = self._prospects.look(tx, FIRMER, series, [asked], taken, with_alternatives=False)[0]
            if prospect.claim is not None:
                _must_be_takeable(tx, series, prospect.claim.wanted.service)
        except StoreUnavailable:
            raise
        except DomainError as refusal:
            return Prospect(asked.start, why=refusal.reason)
        return prospect

    def _made_firm(self, request: Request, series: Series, pairs: Sequence[tuple[Occurrence, Prospect]]) -> int:
        takings = [self._taking(series, one, p.claim) for one, p in pairs if p.claim is not None]
        clashed = [replace(one, state=OccurrenceState.CLASHED, why=p.why) for one, p in pairs if p.why]

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, int]:
            if takings:
                must_be_open(tx, series.case)
            _must_still_wait(tx, series, [one for one, p in pairs if not p.is_intention])
            seated = with_sessions(takings, claimed)
            tx.series.put([*(one.booked for one in seated), *clashed])
            change = self._promised(request, claimed, seated)
            jobs = tuple(job for one in seated for job in told([one.booking], confirmed(one.booking)))
            audits = tuple(self._clash(request, series, one) for one in clashed)
            return replace(change, jobs=(*change.jobs, *jobs), audits=(*change.audits, *audits)), len(seated)

        claims, marks = [one.claim for one in takings], [one.mark for one in takings]
        return self._claims.take_all(request, claims, marks, finish)

    def _clash(self, request: Request, series: Series, occurrence: Occurrence) -> Audit:
        return self._audit(request, "series.clashed", series, start=occurrence.start.isoformat(), why=occurrence.why)


def _must_be_takeable(tx: Transaction, series: Series, service: Service) -> None:
    """Refuse what a booking asked for alone would be refused for: the case, the purpose, the customer's address."""
    must_be_open(tx, series.case)
    service.must_serve(series.purpose)
    must_be_reachable(service, series.customer)


def _must_still_wait(tx: Transaction, series: Series, occurrences: Sequence[Occurrence]) -> None:
    """Raise ChangedMeanwhile when the series was cancelled or moved since it was looked at."""
    tx.series.get(series.name, lock=True)
    current = {one.original: one for one in tx.series.occurrences(series.id)}
    if any(current[one.original] != one for one in occurrences):
        raise ChangedMeanwhile
