"""Cases: what other systems tell of the matters that work is done for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.domain.booking import LIVE, Booking, BookingEvent
from server.domain.caller import Caller, Request, Role
from server.domain.case import Case, CaseFilter, CaseState
from server.domain.change import Change
from server.domain.commands import BookingFilter
from server.domain.errors import NotFound, NotYours
from server.domain.organisation import CaseRef
from server.domain.paging import LARGEST_SIZE, Listing, Page
from server.usecases.ports import Clock, Store, Transaction

PREPARES = frozenset({Role.BOOKING_ADMINISTRATOR, Role.OFFICER, Role.PARTNER})
"""Who reads brief and documents of the cases that they see."""
EVENTS = {CaseState.CLOSED: "booking.case_closed", CaseState.OPEN: "booking.case_reopened"}


class Cases:
    """Cases by (system, external id)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def upsert(self, request: Request, wanted: Case, etag: str) -> Case:
        """Add a case, or replace what is known of it. A change of its state is noted in its live bookings' history."""
        own = request.caller.own_system
        reference = wanted.reference
        if own and reference.system != own:
            raise NotYours(f"case.reference.system {reference.system!r} is not {own!r}, your own system", system=own)
        with self._store.begin(request) as tx:
            known = tx.cases.of_reference(reference, to_write=True)
            if known is not None:
                known.must_be(etag)
            stored = tx.cases.upsert(replace(wanted, id=self._store.ids.unguessable()))
            before = known.state if known else CaseState.OPEN
            events = self._events(tx, request, stored) if stored.state is not before else ()
            tx.write(Change(events=events), stored)
            return stored

    def _events(self, tx: Transaction, request: Request, case: Case) -> tuple[BookingEvent, ...]:
        kind, actor, now = EVENTS[case.state], request.caller.principal, self._clock()
        live = _live_bookings(tx, case.reference)
        return tuple(BookingEvent(one.id, now, kind, actor, one.state, one.state, one.revision) for one in live)

    def get(self, caller: Caller, name: str) -> Case:
        """Return the case as the caller may see it; to a partner, another system's does not exist."""
        with self._store.begin() as tx:
            case = tx.cases.get(name)
            if caller.own_system and case.reference.system != caller.own_system:
                raise NotFound(f"there is no case {name!r}", name=name)
            if caller.role is Role.OFFICER and not tx.cases.is_visited_by(case.reference, caller.officer or ""):
                raise NotYours(f"{name} is the case of no visit on your routes", name=name)
            return _for(caller, case)

    def list(self, caller: Caller, page: Page, wanted: CaseFilter) -> Listing[Case]:
        """Return a page by system and external id; a partner sees those of the own system."""
        own = caller.own_system
        asked = {wanted.system, wanted.reference.system if wanted.reference else ""} - {""}
        if own and asked - {own}:
            raise NotYours(f"system {sorted(asked - {own})[0]!r} is not {own!r}, your own", system=own)
        if own:
            wanted = CaseFilter(wanted.reference, own, wanted.state)
        with self._store.begin() as tx:
            found = tx.cases.listing(page, wanted)
        return Listing(tuple(_for(caller, case) for case in found.items), found.next_token)


def must_be_open(tx: Transaction, reference: CaseRef | None) -> None:
    """Refuse a case that was told to be closed; an open one, or one that nobody told of, stays so in this transaction."""
    case = tx.cases.of_reference(reference) if reference else None
    if case is not None:
        case.must_be_open()


def _live_bookings(tx: Transaction, reference: CaseRef) -> Iterator[Booking]:
    page = Page(LARGEST_SIZE)
    while True:
        found = tx.bookings.listing(page, BookingFilter(states=LIVE, case=reference), "")
        yield from found.items
        if not found.next_token:
            return
        page = Page(LARGEST_SIZE, found.next_token)


def _for(caller: Caller, case: Case) -> Case:
    return case if caller.role in PREPARES else case.without_preparation()
