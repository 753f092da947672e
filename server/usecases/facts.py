"""Facts about officers, teams, rooms, equipment and the whole authority: recorded at any moment, by people and systems."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from server.domain.audit import Audit
from server.domain.caller import Caller, Request, Role
from server.domain.errors import InvalidField, NotYours, StaleEtag
from server.domain.facts import FactKind, FactOutcome, RecordedFact
from server.domain.opening import Subject, SubjectKind
from server.domain.paging import Listing, Page
from server.usecases.ports import Clock, Store, Transaction
from server.usecases.realigning import Outcome, Pending
from server.usecases.rosters import Rosters

LONGEST = timedelta(days=366)
ATTEMPTS = 8


class Facts:
    """Records what takes time away, whoever was promised it; collisions with promises open repairs."""

    def __init__(self, store: Store, rosters: Rosters, clock: Clock) -> None:
        self._store = store
        self._rosters = rosters
        self._clock = clock

    def upsert(self, request: Request, new: RecordedFact) -> FactOutcome:
        """Record a fact, or replace the one that its source knows by the same id; of several at once the last one stays."""
        for _ in range(ATTEMPTS - 1):
            with suppress(StaleEtag):
                return self._upsert(request, new)
        return self._upsert(request, new)

    def _upsert(self, request: Request, new: RecordedFact) -> FactOutcome:
        _must_be_own(request.caller, new.subject)
        _must_be_own_source(request.caller, new.source)
        if new.span.end - new.span.start > LONGEST:
            raise InvalidField.of("fact.interval", f"is longer than {LONGEST.days} days: record it in parts")
        with self._store.begin(request) as tx:
            known = tx.facts.of_source(new.source, new.external_id) if new.source else None
        made = replace(new, creator=request.caller.principal, created=self._clock())
        if known is None:
            fact = replace(made, id=self._store.ids.unguessable(), version=1)
            return self._record(request, "create", (fact,), fact, lambda tx: tx.facts.add(fact))
        _must_be_own(request.caller, known.subject)
        fact = replace(made, id=known.id, version=known.version + 1)

        def write(tx: Transaction) -> None:
            _unchanged(tx, known)
            tx.facts.replace(fact)

        return self._record(request, "replace", (known, fact), fact, write)

    def get(self, caller: Caller, name: str) -> RecordedFact:
        """Return the fact; an officer sees the own ones only."""
        with self._store.begin() as tx:
            fact = tx.facts.get(name)
        _must_be_own(caller, fact.subject)
        return fact

    def list(self, caller: Caller, page: Page, subject: Subject | None, kind: FactKind | None) -> Listing[RecordedFact]:
        """Return a page, latest first; None for those about everybody, of every kind."""
        if caller.role is Role.OFFICER and (subject is None or subject.kind is not SubjectKind.OFFICER):
            raise NotYours("an officer reads the own facts only: name yourself as the subject")
        if subject is not None:
            _must_be_own(caller, subject)
        with self._store.begin() as tx:
            return tx.facts.listing(page, subject, kind)

    def delete(self, request: Request, name: str, etag: str) -> None:
        """Take a fact back; repairs of promises that no longer collide are settled by it."""
        with self._store.begin(request) as tx:
            known = tx.facts.get(name)
            _must_be_own(request.caller, known.subject)
            _must_be_own_source(request.caller, known.source)
            known.must_be(etag)

        def write(tx: Transaction) -> None:
            _unchanged(tx, known)
            tx.facts.delete(known)

        self._record(request, "delete", (known,), None, write)

    def _record(
        self,
        request: Request,
        action: str,
        about: tuple[RecordedFact, ...],
        kept: RecordedFact | None,
        write: Callable[[Transaction], None],
    ) -> FactOutcome:
        """Write, and bring into line the days of whom the fact was and is about."""
        fact = about[-1]
        detail = (("subject", str(fact.subject)), ("kind", fact.kind.value), ("source", fact.source))
        audit = Audit(self._clock(), request.caller.principal, f"fact.{action}", fact.name, detail)

        def answer(outcome: Outcome) -> FactOutcome:
            return FactOutcome(fact, outcome.repairs, outcome.reopened_visits)

        return self._rosters.record(
            request,
            tuple(dict.fromkeys(one.subject for one in about)),
            min(one.span.start for one in about),
            Pending(facts={fact.id: kept}, settles=f"the {fact.kind.value} was taken back or moved"),
            write,
            answer,
            audit,
        )


def _must_be_own(caller: Caller, subject: Subject) -> None:
    if caller.role in (Role.PARTNER, Role.WORKER) and subject.kind in (SubjectKind.TEAM, SubjectKind.AUTHORITY):
        raise NotYours(f"{subject} is closed by a booking administrator: name an officer or a resource", subject=subject)
    if caller.role is Role.OFFICER and subject.kind is not SubjectKind.OFFICER:
        raise NotYours(f"{subject} is not for an officer to close", subject=subject)
    caller.must_be_officer(subject.code)


def _must_be_own_source(caller: Caller, source: str) -> None:
    own = caller.own_system
    if own and source != own:
        raise NotYours(f"fact.source {source!r} is not {own!r}, your own system", system=own)


def _unchanged(tx: Transaction, known: RecordedFact) -> None:
    stored = tx.facts.get(known.name, lock=True)
    if stored.version != known.version:
        raise StaleEtag(f"{known.name} has changed: read it again", name=known.name, etag=stored.etag)
