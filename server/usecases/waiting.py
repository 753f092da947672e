"""The waiting list: joining it, leaving it, and taking what is offered."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.domain.booking import BookingView
from server.domain.caller import Caller, Request, Role
from server.domain.commands import NewBooking, SlotChoice
from server.domain.eligibility import must_be_reachable
from server.domain.errors import HoldExpired, InvalidField, NotEligible, NotFound
from server.domain.ids import encode
from server.domain.paging import Listing, Page
from server.domain.waiting import NewEntry, WaitingEntry, WaitingFilter, WaitingState, WaitingView
from server.usecases.bookings import Bookings
from server.usecases.contact import checked
from server.usecases.ports import Clock, Store, Transaction, Travel
from server.usecases.slots import Slots
from server.usecases.waiting_places import given_up

LONGEST = timedelta(days=366)
OUTSIDERS = frozenset({Role.PUBLIC, Role.PARTNER})


class Waiting:
    """Who waits, and what they do about it."""

    def __init__(self, store: Store, travel: Travel, slots: Slots, bookings: Bookings, clock: Clock, region: str) -> None:
        self._store = store
        self._travel = travel
        self._slots = slots
        self._bookings = bookings
        self._clock = clock
        self._region = region

    def join(self, request: Request, new: NewEntry) -> WaitingView:
        """Put somebody on the list; refuse what could never be offered, and who could not be told."""
        customer, now = checked(new.customer, self._region), self._clock()
        if not customer.phone and not customer.email:
            raise NotEligible("customer: has neither telephone nor e-mail, so nobody could tell of an offer: give one")
        _must_be_to_come(new, now)
        with self._store.begin(request) as tx:
            wanted = self._slots.wanted(tx, request.caller, _choice(new), max(now, new.wish.span.start).date())
            if wanted.service.unannounced:
                raise NotEligible(f"services/{new.service} is unannounced work: nobody waits for it", service=new.service)
            wanted.service.must_serve(new.purpose)
            must_be_reachable(wanted.service, customer)
            rated = tx.priorities.get().of(new.rating, "waiting_entry.rating").weight if new.rating else 0
            entry = WaitingEntry(
                id=self._store.ids.unguessable(),
                service=new.service,
                premises=new.premises,
                location=new.location,
                duration_minutes=new.duration_minutes,
                wish=new.wish,
                zone=wanted.zone,
                customer=customer,
                weight=_weight(request.caller, new.weight or rated, wanted.service.weight),
                state=WaitingState.WAITING,
                creator=request.caller.principal,
                role=request.caller.role,
                created=now,
                case=new.case,
                note=new.note,
                purpose=new.purpose,
            )
            tx.waiting.add(entry)
            view = WaitingView(entry, tx.waiting.ahead_of(entry))
            tx.answer(view)
            return view

    def get(self, caller: Caller, name: str) -> WaitingView:
        """Return the entry; to partners and the public, another's does not exist."""
        with self._store.begin() as tx:
            entry = _seen(tx, caller, name)
            return WaitingView(entry, tx.waiting.ahead_of(entry))

    def list(self, caller: Caller, page: Page, wanted: WaitingFilter) -> Listing[WaitingView]:
        """Return a page, newest first; a partner sees the own ones."""
        creator = caller.principal if caller.role in OUTSIDERS else ""
        with self._store.begin() as tx:
            found = tx.waiting.listing(page, wanted, creator)
            return Listing(tuple(WaitingView(one, tx.waiting.ahead_of(one)) for one in found.items), found.next_token)

    def leave(self, request: Request, name: str, etag: str) -> WaitingView:
        """Take somebody off the list; what is kept for them is free at once."""
        with self._store.begin(request) as tx:
            entry = _seen(tx, request.caller, name)
            entry.must_be(etag)
        gone = given_up(self._store, self._travel, self._clock(), request, entry, WaitingState.WITHDRAWN)
        return WaitingView(gone)

    def accept(self, request: Request, name: str) -> BookingView:
        """Book what is offered, for the customer of the entry."""
        with self._store.begin(request) as tx:
            entry = _seen(tx, request.caller, name)
            offer = entry.offer
            if entry.state is not WaitingState.OFFERED or offer is None or offer.expires <= self._clock():
                raise HoldExpired(
                    f"{name} has no offer that stands: offers are kept for a short time only; join again to wait on",
                    waiting_entry=name,
                    state=entry.state.value,
                )
        return self._bookings.create(
            request,
            NewBooking(
                hold=f"holds/{encode(offer.hold)}",
                slot=None,
                customer=entry.customer,
                case=entry.case,
                note=entry.note,
                purpose=entry.purpose,
                waiting=entry.name,
            ),
        )


def _seen(tx: Transaction, caller: Caller, name: str) -> WaitingEntry:
    entry = tx.waiting.get(name)
    if caller.role in OUTSIDERS and entry.creator != caller.principal:
        raise NotFound(f"there is no waiting entry {name!r}", name=name)
    return entry


def _weight(caller: Caller, asked: int, usual: int) -> int:
    """Return what an entry weighs: only staff and partners may say."""
    if asked and caller.role is Role.PUBLIC:
        raise InvalidField.of("waiting_entry.weight", "is not for the public to say: leave weight and rating out")
    return asked or usual


def _choice(new: NewEntry) -> SlotChoice:
    return SlotChoice(new.service, new.premises, new.wish.span.start, "", new.location, new.duration_minutes)


def _must_be_to_come(new: NewEntry, now: datetime) -> None:
    span = new.wish.span
    if span.end <= now:
        raise InvalidField.of("waiting_entry.interval", f"ends at {span.end.isoformat()}, which is past")
    if span.end - span.start > LONGEST:
        raise InvalidField.of("waiting_entry.interval", f"is longer than {LONGEST.days} days: wait for less at once")
