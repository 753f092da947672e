"""Making a series: every occurrence checked, those that can be booked taken in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from server.domain.caller import Caller, Request
from server.domain.change import Change
from server.domain.commands import NewBooking, NewSeries
from server.domain.eligibility import must_be_reachable
from server.domain.errors import SessionFull, SlotTaken
from server.domain.series import ClashPolicy, Occurrence, OccurrenceState, OccurrenceView, Series, SeriesView
from server.domain.spans import Span
from server.usecases.bookings.addressing import has_closed_case
from server.usecases.bookings.records import source_of
from server.usecases.claims import Claimed
from server.usecases.contact import checked
from server.usecases.placing import Claim
from server.usecases.ports import Transaction
from server.usecases.series.desk import ATTEMPTS, Desk, Taking, clash, start_of, told, with_sessions
from server.usecases.series.prospects import Asked, Prospect


class Creating(Desk):
    """The first step of a series."""

    def preview(self, caller: Caller, new: NewSeries) -> list[OccurrenceView]:
        """Return what would become of each occurrence, with alternatives for those that cannot be booked."""
        series, starts = self._new(caller, new), new.pattern.occurrences()
        with self._store.begin() as tx:
            prospects = self._prospects.look(tx, caller, series, map(Asked, starts))
        return [OccurrenceView(_foreseen(series, one), one.alternatives) for one in prospects]

    def create(self, request: Request, new: NewSeries) -> SeriesView:
        """Make a series and its bookings in one transaction; what lies beyond the roster is kept as an intention."""
        series = self._new(request.caller, new)
        starts, taken = new.pattern.occurrences(), set[datetime]()
        for attempt in range(ATTEMPTS):
            with self._store.begin(request) as tx:
                must_be_reachable(tx.services.get(series.service), series.customer)
                has_closed_case(tx, request.caller, NewBooking(None, None, series.customer, series.case))
                prospects = self._prospects.look(
                    tx, request.caller, series, map(Asked, starts), taken, new.policy is ClashPolicy.ALTERNATIVE
                )
                takings, others = self._chosen(tx, request, series, prospects)
            try:
                return self._made(request, series, takings, others)
            except (SlotTaken, SessionFull) as gone:
                if attempt == ATTEMPTS - 1:
                    raise
                taken.add(start_of(gone))
        raise clash(prospects)

    def _new(self, caller: Caller, new: NewSeries) -> Series:
        return Series(
            id=self._store.ids.unguessable(),
            service=new.service,
            premises=new.premises,
            pattern=new.pattern,
            policy=new.policy,
            customer=checked(new.customer, self._region),
            creator=caller.principal,
            source=source_of(caller),
            created=self._clock(),
            location=new.location,
            officer=new.officer,
            duration_minutes=new.duration_minutes,
            case=new.case,
            note=new.note,
            purpose=new.purpose,
        )

    def _chosen(
        self, tx: Transaction, request: Request, series: Series, prospects: Sequence[Prospect]
    ) -> tuple[list[Taking], list[Occurrence]]:
        """Return the occurrences that take a time, and the others, as the policy wants; or refuse."""
        clashes = [one for one in prospects if one.why]
        if clashes and (series.policy is ClashPolicy.ALL_OR_NOTHING or len(clashes) == len(prospects)):
            raise clash(prospects)
        takings, others = list[Taking](), list[Occurrence]()
        used = {one.start for one in prospects if one.claim}
        for one in prospects:
            claim = one.claim or self._instead(tx, request, series, one, used)
            if claim is not None:
                used.add(claim.promise.start)
                occurrence = Occurrence(series.id, one.start, claim.promise.start, OccurrenceState.BOOKED)
                takings.append(self._taking(series, occurrence, claim))
            else:
                state = OccurrenceState.INTENDED if one.is_intention else OccurrenceState.SKIPPED
                others.append(Occurrence(series.id, one.start, one.start, state, one.why))
        return takings, others

    def _instead(
        self, tx: Transaction, request: Request, series: Series, prospect: Prospect, used: set[datetime]
    ) -> Claim | None:
        """Return the nearest other time that no occurrence takes, where the policy wants one."""
        if series.policy is not ClashPolicy.ALTERNATIVE:
            return None
        free: list[Span] = [span for span in prospect.alternatives if span.start not in used]
        claims = (self._prospects.claim(tx, request.caller, series, span) for span in free)
        return next((claim for claim in claims if claim is not None), None)

    def _made(self, request: Request, series: Series, takings: Sequence[Taking], others: Sequence[Occurrence]) -> SeriesView:
        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, SeriesView]:
            seated = with_sessions(takings, claimed)
            every = sorted([*(one.booked for one in seated), *others], key=lambda one: one.original)
            tx.series.add(series, every)
            change = self._promised(request, claimed, seated)
            jobs = told([one.booking for one in seated], "series.confirmed")
            return replace(change, jobs=(*change.jobs, *jobs)), SeriesView(series, tuple(every))

        claims, marks = [one.claim for one in takings], [one.mark for one in takings]
        return self._claims.take_all(request, claims, marks, finish)


def _foreseen(series: Series, prospect: Prospect) -> Occurrence:
    state = OccurrenceState.BOOKED if prospect.claim else OccurrenceState.SKIPPED
    state = OccurrenceState.INTENDED if prospect.is_intention else state
    return Occurrence(series.id, prospect.start, prospect.start, state, prospect.why)
