"""Facts over promises: an absence can always be recorded; what it collides with opens a repair."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from server.domain.audit import Audit
from server.domain.caller import Caller, Request
from server.domain.commands import NewAbsence
from server.domain.errors import IllegalTransition, InvalidField, NotFound
from server.domain.facts import Absence, AbsenceOutcome, FactKind, RecordedFact, Repair, RepairState
from server.domain.opening import Subject, SubjectKind
from server.domain.paging import Listing, Page
from server.usecases.ports import Clock, Store, Transaction
from server.usecases.realigning import Outcome, Pending
from server.usecases.rosters import Rosters

LONGEST = timedelta(days=366)


class Availability:
    """Absences and the repairs that they call for."""

    def __init__(self, store: Store, rosters: Rosters, clock: Clock) -> None:
        self._store = store
        self._rosters = rosters
        self._clock = clock

    def create_absence(self, request: Request, new: NewAbsence) -> AbsenceOutcome:
        """Record an absence. Planned visits without a booking go back to OPEN; promises keep their time."""
        request.caller.must_be_officer(new.officer)
        if new.span.end - new.span.start > LONGEST:
            raise InvalidField.of("absence.interval", f"is longer than {LONGEST.days} days: record it in parts")
        subject = Subject(SubjectKind.OFFICER, new.officer)
        fact = RecordedFact(
            id=self._store.ids.unguessable(),
            subject=subject,
            kind=FactKind.ABSENCE,
            span=new.span,
            label=new.kind,
            creator=request.caller.principal,
            created=self._clock(),
        )

        def answer(outcome: Outcome) -> AbsenceOutcome:
            return AbsenceOutcome(_absence(fact), outcome.repairs, outcome.reopened_visits)

        return self._rosters.record(
            request,
            (subject,),
            new.span.start,
            Pending(facts={fact.id: fact}),
            lambda tx: tx.facts.add(fact),
            answer,
            self._audit(request, "absence.create", fact),
        )

    def delete_absence(self, request: Request, name: str) -> None:
        """Take an absence back. Repairs of promises that no longer collide are settled by it."""
        with self._store.begin(request) as tx:
            fact = _absence_fact(tx, name)
            request.caller.must_be_officer(fact.subject.code)

        def write(tx: Transaction) -> None:
            tx.facts.delete(_absence_fact(tx, name, lock=True))

        self._rosters.record(
            request,
            (fact.subject,),
            fact.span.start,
            Pending(facts={fact.id: None}, settles="the absence was taken back"),
            write,
            lambda _: "",
            self._audit(request, "absence.delete", fact),
        )

    def list_absences(self, caller: Caller, officer: str, page: Page) -> Listing[Absence]:
        """Return a page of an officer's absences, latest first; an officer sees the own ones only."""
        caller.must_be_officer(officer)
        with self._store.begin() as tx:
            found = tx.facts.listing(page, Subject(SubjectKind.OFFICER, officer), FactKind.ABSENCE)
        return Listing(tuple(_absence(fact) for fact in found.items), found.next_token)

    def list_repairs(self, caller: Caller, page: Page, show_resolved: bool) -> Listing[Repair]:
        """Return a page, most urgent first."""
        with self._store.begin() as tx:
            return tx.facts.repairs(page, show_resolved)

    def resolve(self, request: Request, name: str, resolution: str) -> Repair:
        """Settle a repair by hand."""
        with self._store.begin(request) as tx:
            repair = tx.facts.repair(name)
            if repair.state is RepairState.RESOLVED:
                raise IllegalTransition(f"{name} is settled already: {repair.resolution}", repair=name)
            settled_repair = replace(repair, state=RepairState.RESOLVED, resolution=resolution)
            tx.facts.save(settled_repair)
            tx.answer(settled_repair)
            return settled_repair

    def _audit(self, request: Request, action: str, fact: RecordedFact) -> Audit:
        return Audit(self._clock(), request.caller.principal, action, fact.name, (("subject", str(fact.subject)),))


def _absence_fact(tx: Transaction, name: str, lock: bool = False) -> RecordedFact:
    fact = tx.facts.get(name, lock)
    if fact.kind is not FactKind.ABSENCE:
        raise NotFound(f"there is no absence {name!r}", name=name)
    return fact


def _absence(fact: RecordedFact) -> Absence:
    return Absence(fact.id, fact.subject.code, fact.span, fact.label or "absence")
