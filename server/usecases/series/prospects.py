"""What would become of each occurrence: booked, kept as an intention, or not possible and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain import local_time
from server.domain.caller import Caller
from server.domain.commands import SlotChoice
from server.domain.errors import DomainError, Kind, OffGrid
from server.domain.series import Series
from server.domain.spans import Span
from server.usecases.claims import Claims
from server.usecases.placing import Claim
from server.usecases.ports import Clock, Transaction
from server.usecases.slots import Slots, Wanted

MOST_ALTERNATIVES = 5
NOT_FREE = "SLOT_TAKEN"


@dataclass(frozen=True, slots=True)
class Prospect:
    """An occurrence that is to begin at `start`. Without a claim it is beyond the roster, or cannot be booked: `why`."""

    start: datetime
    claim: Claim | None = None
    why: str = ""
    alternatives: tuple[Span, ...] = ()

    @property
    def is_intention(self) -> bool:
        """Whether it is made firm when the roster opens."""
        return self.claim is None and not self.why


@dataclass(frozen=True, slots=True)
class Asked:
    """A start to look at. Of `released_booking`, which stands in its way, and `gives_back` the time is free (0: none)."""

    start: datetime
    released_booking: int = 0
    gives_back: int = 0


class Prospects:
    """Looks at every occurrence as at a single booking."""

    def __init__(self, slots: Slots, claims: Claims, clock: Clock) -> None:
        self._slots = slots
        self._claims = claims
        self._clock = clock

    def look(
        self,
        tx: Transaction,
        caller: Caller,
        series: Series,
        asked: Iterable[Asked],
        taken: Collection[datetime] = (),
        with_alternatives: bool = True,
    ) -> list[Prospect]:
        """Return the prospects in the order asked; starts in `taken` count as not free: somebody was faster."""
        found, horizon = [], None
        for one in asked:
            wanted = self._wanted(tx, caller, series, one.start)
            if isinstance(wanted, DomainError):
                found.append(Prospect(one.start, why=wanted.reason))
                continue
            horizon = horizon or self._horizon(tx, wanted)
            prospect = self._prospect(tx, wanted, one, horizon, one.start in taken)
            if prospect.why and with_alternatives:
                prospect = self._with_alternatives(tx, wanted, one, prospect)
            found.append(prospect)
        return found

    def _wanted(self, tx: Transaction, caller: Caller, series: Series, start: datetime) -> Wanted | DomainError:
        """Return what an occurrence asks for, or why nobody is there for it; what can never be right is raised."""
        choice = SlotChoice(series.service, series.premises, start, series.officer, series.location, series.duration_minutes)
        try:
            return self._slots.wanted(tx, caller, choice, start.date())
        except DomainError as refusal:
            if refusal.reason != "NO_OFFICER":
                raise
            return refusal

    def _horizon(self, tx: Transaction, wanted: Wanted) -> datetime:
        """Return the instant from which on occurrences are intentions: the roster is not open, or the service is not yet."""
        bookable = wanted.service.open_span(self._clock()).end
        if wanted.service.capacity > 1:
            return bookable
        last = tx.series.roster_end([officer.id for officer in wanted.officers if officer.id in wanted.crew[0]])
        if last is None:
            return bookable
        rostered = local_time.midnight_span(last + timedelta(days=1), local_time.zone(wanted.zone)).start
        return min(bookable, rostered)

    def _prospect(self, tx: Transaction, wanted: Wanted, asked: Asked, horizon: datetime, taken: bool) -> Prospect:
        zone = local_time.zone(wanted.zone)
        if not local_time.on_grid(asked.start, wanted.service.step_minutes, zone):
            return Prospect(asked.start, why=OffGrid.reason)
        if asked.start >= horizon:
            return Prospect(asked.start)
        try:
            promise = self._claims.promise(wanted, asked.start)
        except DomainError as refusal:
            if refusal.kind is not Kind.REFUSED:
                raise
            return Prospect(asked.start, why=refusal.reason)
        claim = Claim(wanted, promise, asked.released_booking, gives_back=asked.gives_back)
        if taken or not self._claims.options(tx, claim):
            return Prospect(asked.start, why=NOT_FREE)
        return Prospect(asked.start, claim)

    def _with_alternatives(self, tx: Transaction, wanted: Wanted, asked: Asked, prospect: Prospect) -> Prospect:
        claim = Claim(wanted, wanted.service.promise(asked.start), asked.released_booking)
        near = tuple(span for span in self._claims.alternatives(tx, claim) if span.start != asked.start)
        return Prospect(prospect.start, None, prospect.why, near[:MOST_ALTERNATIVES])

    def claim(self, tx: Transaction, caller: Caller, series: Series, promise: Span, released: int = 0) -> Claim | None:
        """Return the claim of another time for an occurrence, or None when that is not free either."""
        wanted = self._wanted(tx, caller, series, promise.start)
        if isinstance(wanted, DomainError):
            return None
        claim = Claim(wanted, promise, released)
        return claim if self._claims.options(tx, claim) else None
