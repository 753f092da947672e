"""Reading series, and what became of each occurrence."""

from __future__ import annotations

from server.domain.caller import Caller, Role
from server.domain.commands import SeriesFilter
from server.domain.errors import DomainError, StoreUnavailable
from server.domain.paging import Listing, Page
from server.domain.series import Occurrence, OccurrenceState, OccurrenceView, Series
from server.domain.spans import Span
from server.usecases.ports import Transaction
from server.usecases.series.desk import Desk, seen
from server.usecases.series.prospects import Asked


class Reading(Desk):
    """Whoever asks sees what they may know of."""

    def get(self, caller: Caller, name: str) -> Series:
        """Return the series; to a partner, another's does not exist."""
        with self._store.begin() as tx:
            return seen(tx, caller, name)

    def list(self, caller: Caller, page: Page, wanted: SeriesFilter) -> Listing[Series]:
        """Return a page, newest first; a partner sees the own ones."""
        creator = caller.principal if caller.role is Role.PARTNER else ""
        with self._store.begin() as tx:
            return tx.series.listing(page, wanted, creator)

    def occurrences(
        self, caller: Caller, name: str, page: Page, states: frozenset[OccurrenceState]
    ) -> Listing[OccurrenceView]:
        """Return a page in the order of the pattern."""
        with self._store.begin() as tx:
            series = seen(tx, caller, name)
            found = tx.series.page(series.id, page, states)
            clashed = [one for one in found.items if one.state is OccurrenceState.CLASHED]
            free = {one.original: self._alternatives(tx, caller, series, one) for one in clashed}
        views = tuple(OccurrenceView(one, free.get(one.original, ())) for one in found.items)
        return Listing(views, found.next_token)

    def _alternatives(self, tx: Transaction, caller: Caller, series: Series, occurrence: Occurrence) -> tuple[Span, ...]:
        """Return other times for an occurrence; none where the service, place or officer is no longer to be had."""
        try:
            return self._prospects.look(tx, caller, series, [Asked(occurrence.start)])[0].alternatives
        except StoreUnavailable:
            raise
        except DomainError:
            return ()
