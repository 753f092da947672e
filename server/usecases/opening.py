"""Opening rules and public holidays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from server.domain.audit import Audit
from server.domain.caller import Caller, Request
from server.domain.errors import StaleEtag
from server.domain.opening import OpeningRule, Subject
from server.domain.paging import Listing, Page
from server.usecases.ports import Clock, Holidays, Store, Transaction
from server.usecases.realigning import Pending
from server.usecases.rosters import Rosters


class Opening:
    """When officers, rooms and equipment are to be had; days follow a changed rule before the call ends."""

    def __init__(self, store: Store, rosters: Rosters, holidays: Holidays, clock: Clock) -> None:
        self._store = store
        self._rosters = rosters
        self._holidays = holidays
        self._clock = clock

    def create(self, request: Request, new: OpeningRule) -> OpeningRule:
        """Record a rule; its id is ignored."""
        rule = replace(new, id=self._store.ids.unguessable(), version=1)
        return self._record(request, "create", rule, rule, lambda tx: tx.rules.add(rule))

    def get(self, caller: Caller, name: str) -> OpeningRule:
        """Return the rule."""
        with self._store.begin() as tx:
            return tx.rules.get(name)

    def list(self, caller: Caller, page: Page, subject: Subject | None) -> Listing[OpeningRule]:
        """Return a page; None for the rules of everybody."""
        with self._store.begin() as tx:
            return tx.rules.listing(page, subject)

    def update(self, request: Request, name: str, etag: str, change: Callable[[OpeningRule], OpeningRule]) -> OpeningRule:
        """Replace a rule by what `change` makes of it; whose it is stays."""
        with self._store.begin(request) as tx:
            known = tx.rules.get(name)
            known.must_be(etag)
        rule = replace(change(known), id=known.id, subject=known.subject, version=known.version + 1)

        def write(tx: Transaction) -> None:
            _unchanged(tx.rules.get(name, lock=True), known)
            tx.rules.save(rule)

        return self._record(request, "update", rule, rule, write)

    def delete(self, request: Request, name: str, etag: str) -> None:
        """Take a rule back; what it opened closes, and what it closed opens."""
        with self._store.begin(request) as tx:
            known = tx.rules.get(name)
            known.must_be(etag)

        def write(tx: Transaction) -> None:
            _unchanged(tx.rules.get(name, lock=True), known)
            tx.rules.delete(known)

        self._record(request, "delete", known, None, write)

    def holidays(self, caller: Caller, year: int) -> Mapping[date, str]:
        """Return the public holidays of a year, which close weekly opening."""
        return self._holidays.of_year(year)

    def _record(
        self,
        request: Request,
        action: str,
        rule: OpeningRule,
        kept: OpeningRule | None,
        write: Callable[[Transaction], None],
    ) -> OpeningRule:
        now = self._clock()
        audit = Audit(now, request.caller.principal, f"availability_rule.{action}", rule.name, _detail(rule))
        pending = Pending(rules={rule.id: kept})
        return self._rosters.record(request, (rule.subject,), now, pending, write, lambda _: rule, audit)


def _unchanged(stored: OpeningRule, known: OpeningRule) -> None:
    if stored.version != known.version:
        raise StaleEtag(f"{known.name} has changed: read it again", name=known.name, etag=stored.etag)


def _detail(rule: OpeningRule) -> tuple[tuple[str, str], ...]:
    return (("subject", str(rule.subject)), ("effect", rule.effect.value), ("recurrence", rule.recurrence.value))
