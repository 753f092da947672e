"""Bookings: promising time, and what happens to a promise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from server.domain.booking import LIVE, Booking, BookingEvent, BookingState, BookingView, Customer, Hold, Source
from server.domain.caller import Caller, Request, Role
from server.domain.catalogue import Service
from server.domain.change import Change, message_job
from server.domain.commands import BookingFilter, NewBooking, SlotChoice
from server.domain.errors import DuplicateBooking, HoldExpired, InvalidField, NotFound, NotYours, StaleEtag
from server.domain.facts import Repair, RepairState
from server.domain.ids import encode
from server.domain.message import Message
from server.domain.organisation import Officer
from server.domain.paging import LARGEST_SIZE, Listing, Page
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.usecases import repairs
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.claims import Claimed, Claims
from server.usecases.contact import checked
from server.usecases.placing import Claim
from server.usecases.ports import Clock, Store, Transaction, Travel
from server.usecases.slots import Slots, Wanted, without_booking

SOURCES = {Role.PUBLIC: Source.PUBLIC, Role.PARTNER: Source.PARTNER}
EDITABLE = ("customer.display_name", "customer.phone", "customer.email", "customer.language", "note")


class Bookings:
    """The life of a booking, a transaction per step."""

    def __init__(self, store: Store, travel: Travel, slots: Slots, claims: Claims, clock: Clock, region: str) -> None:
        self._store = store
        self._travel = travel
        self._slots = slots
        self._claims = claims
        self._clock = clock
        self._region = region

    def create(self, request: Request, new: NewBooking) -> BookingView:
        """Promise the time of a hold or of a slot. One of a case that has a live booking of the service is refused."""
        new = replace(new, customer=checked(new.customer, self._region))
        if new.hold is not None:
            return self._create_from_hold(request, new, new.hold)
        if new.slot is None:
            raise InvalidField.of("time", "name a hold or a slot")
        return self._create_from_slot(request, new, new.slot)

    def _create_from_slot(self, request: Request, new: NewBooking, choice: SlotChoice) -> BookingView:
        if new.overbook:
            _must_overbook(request.caller, choice)
        with self._store.begin(request) as tx:
            wanted = self._wanted(tx, request.caller, choice)
            _must_be_first(tx, new, choice.service)
        promise = self._claims.promise(wanted, choice.start)
        booking = self._new(request.caller, new, wanted.service, choice, promise)

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            change = _promised(claimed.change, booking, wanted.service, claimed.crew[0], self._clock())
            return change, _view(booking, claimed.change.after, claimed.crew)

        claim = Claim(wanted, promise, overbook=new.overbook)
        return self._claims.take(request, claim, _marking(booking), finish)

    def take_over(self, request: Request, new: NewBooking, choice: SlotChoice, promise: Span) -> BookingView:
        """Promise a time that a predecessor system promised already: any promise, no grid or notice, no message."""
        new = replace(new, customer=checked(new.customer, self._region))
        with self._store.begin(request) as tx:
            wanted = self._wanted(tx, request.caller, choice)
        booking = replace(self._new(request.caller, new, wanted.service, choice, promise), source=Source.IMPORT)

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            change = _promised(claimed.change, booking, wanted.service, claimed.crew[0], self._clock())
            return replace(change, jobs=()), _view(booking, claimed.change.after, claimed.crew)

        return self._claims.take(request, Claim(wanted, promise), _marking(booking), finish)

    def _create_from_hold(self, request: Request, new: NewBooking, name: str) -> BookingView:
        with self._store.begin(request) as tx:
            hold = tx.holds.get(name)
            if hold is None:
                raise HoldExpired(
                    f"{name} is not held any more: it ran out, was released or is booked; search again", hold=name
                )
            if hold.principal != request.caller.principal:
                raise NotYours(f"{name} was made by another principal", hold=name)
            service = tx.services.get(hold.service).lasting(hold.duration_minutes)
            _must_be_first(tx, new, hold.service)
            officers = tx.organisation.everyone(self._clock().date())
        choice = SlotChoice(hold.service, hold.premises, hold.promise.start, "", hold.location, hold.duration_minutes)
        booking = self._new(request.caller, new, service, choice, hold.promise)

        def decide(tx: Transaction, locked: LockedDays) -> BookingView:
            return self._turn_into_booking(tx, locked, hold, booking, service, officers)

        return change_days(
            self._store,
            self._travel,
            self._clock(),
            request,
            lambda tx: tx.holds.days(hold.id),
            (),
            decide,
            keep_hold=hold.id,
        )

    def _turn_into_booking(
        self,
        tx: Transaction,
        locked: LockedDays,
        hold: Hold,
        booking: Booking,
        service: Service,
        officers: list[Officer],
    ) -> BookingView:
        held = {day.resource for day in locked.now.values() for stop in day.everything() if stop.hold == hold.id}
        if not held:
            raise HoldExpired(
                f"{hold.name} is not held any more: it ran out, was released or is booked; search again", hold=hold.name
            )
        mark = _marking(booking)
        after = tuple(
            day.each(lambda stop, day=day: mark(stop, day) if stop.hold == hold.id else stop)  # type: ignore[misc]
            for day in locked.now.values()
        )
        crew = [officer for officer in officers if officer.id in held]
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in after),
            released_holds=tuple({*locked.released_holds(), hold.id}),
            repairs=self._already_lost(booking, after, crew),
        )
        view = _view(booking, after, crew)
        tx.write(_promised(change, booking, service, crew[0], self._clock()), view)
        return view

    def _already_lost(self, booking: Booking, days: Sequence[ResourceDay], crew: Sequence[Officer]) -> tuple[Repair, ...]:
        """Return a repair for each of the crew whose absence was recorded while the time was held."""
        away = {day.resource for day in days for stop in day.collisions() if stop.booking == booking.id}
        lost = [officer.code for officer in crew if officer.id in away]
        new_id = self._store.ids.unguessable
        return tuple(repairs.opened(new_id(), booking, code, "absence while held", self._clock()) for code in lost)

    def _wanted(self, tx: Transaction, caller: Caller, choice: SlotChoice) -> Wanted:
        return self._slots.wanted(tx, caller, choice, choice.start.date())

    def _new(self, caller: Caller, new: NewBooking, service: Service, choice: SlotChoice, promise: Span) -> Booking:
        service.must_serve(new.purpose)
        number = self._store.ids.unguessable()
        return Booking(
            id=number,
            service=service.code,
            premises=choice.premises,
            promise=promise,
            customer=new.customer,
            state=BookingState.PENDING if service.needs_approval else BookingState.CONFIRMED,
            source=SOURCES.get(caller.role, Source.STAFF),
            creator=caller.principal,
            created=self._clock(),
            visit=self._store.ids.unguessable(),
            case=new.case,
            note=new.note,
            allow_duplicate=new.allow_duplicate,
            calendar_uid=f"{encode(number)}@fieldwork",
            location=choice.location,
            duration_minutes=choice.duration_minutes,
            conversation=new.conversation,
            purpose=new.purpose,
        )

    def get(self, caller: Caller, name: str) -> BookingView:
        """Return the booking; to a partner, another's does not exist."""
        with self._store.begin() as tx:
            return _seen(tx, caller, name)

    def list(self, caller: Caller, page: Page, wanted: BookingFilter) -> Listing[BookingView]:
        """Return a page by promise; a partner sees the own ones."""
        creator = caller.principal if caller.role is Role.PARTNER else ""
        with self._store.begin() as tx:
            found = tx.bookings.listing(page, wanted, creator)
            return Listing(tuple(tx.bookings.view(found.items)), found.next_token)

    def update(self, request: Request, name: str, etag: str, changes: dict[str, str]) -> BookingView:
        """Change customer details and note; `changes` maps paths of EDITABLE to new values."""
        for path in changes:
            if path not in EDITABLE:
                raise InvalidField.of("update_mask", f"{path} cannot be edited: only {', '.join(EDITABLE)} can")
        with self._store.begin(request) as tx:
            booking = _seen(tx, request.caller, name).booking
            booking.must_be(etag)
            who = booking.customer
            customer = Customer(
                changes.get("customer.display_name", who.name),
                changes.get("customer.phone", who.phone),
                changes.get("customer.email", who.email),
                changes.get("customer.language", who.language),
            )
            described = booking.described(checked(customer, self._region), changes.get("note", booking.note))
            tx.bookings.save_details(described, self._event(request, "booking.updated", booking, described))
            view = tx.bookings.view([described])[0]
            tx.answer(view)
            return view

    def approve(self, request: Request, name: str, etag: str) -> BookingView:
        """Make a PENDING booking firm."""
        return self._change(request, name, etag, "booking.confirmed", lambda b: b.to(BookingState.CONFIRMED))

    def cancel(self, request: Request, name: str, reason: str, etag: str) -> BookingView:
        """End a live booking and free its time."""
        return self._change(request, name, etag, "booking.cancelled", lambda b: b.cancel(reason))

    def _change(self, request: Request, name: str, etag: str, kind: str, move: Callable[[Booking], Booking]) -> BookingView:
        with self._store.begin(request) as tx:
            number = _seen(tx, request.caller, name).booking.id

        def decide(tx: Transaction, locked: LockedDays) -> BookingView:
            booking = tx.bookings.get(name, lock=True)
            booking.must_be(etag)
            moved = move(booking)
            frees = moved.state is BookingState.CANCELLED
            after = [without_booking(day, number, locked.legs_of(day)) if frees else day for day in locked.now.values()]
            change = Change(
                before=tuple(locked.before.values()),
                after=tuple(settled(day, self._store.ids) for day in after),
                bookings=(moved,),
                visits=_withdrawn(tx, booking) if frees else (),
                released_holds=locked.released_holds(),
                events=(self._event(request, kind, booking, moved),),
                repairs=_settled_repairs(tx, booking, kind) if frees else (),
                jobs=(message_job(moved, kind),),
            )
            view = BookingView(moved) if frees else tx.bookings.view([moved])[0]
            tx.write(change, view)
            return view

        return change_days(
            self._store, self._travel, self._clock(), request, lambda tx: tx.bookings.days(number), (), decide
        )

    def reschedule(self, request: Request, name: str, start: datetime, officer: str, etag: str) -> BookingView:
        """Close the booking as RESCHEDULED and promise another time, in one transaction; return the new one."""
        with self._store.begin(request) as tx:
            old = _seen(tx, request.caller, name).booking
            old.must_be(etag)
            choice = SlotChoice(old.service, old.premises, start, officer, old.location, old.duration_minutes)
            wanted = self._wanted(tx, request.caller, choice)
        old.to(BookingState.RESCHEDULED)
        promise = self._claims.promise(wanted, start)
        # What was approved was the old time: nobody but staff makes another one firm.
        asks = wanted.service.needs_approval and not request.caller.is_staff
        new = replace(
            old,
            state=BookingState.PENDING if asks else old.state,
            id=self._store.ids.unguessable(),
            promise=promise,
            creator=request.caller.principal,
            created=self._clock(),
            visit=self._store.ids.unguessable(),
            revision=old.revision + 1,
            version=1,
            rescheduled_from=old.id,
        )

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            return self._rescheduled(tx, request, old, new, wanted, claimed)

        return self._claims.take(request, Claim(wanted, promise, old.id), _marking(new), finish)

    def _rescheduled(
        self, tx: Transaction, request: Request, old: Booking, new: Booking, wanted: Wanted, claimed: Claimed
    ) -> tuple[Change, BookingView]:
        current = tx.bookings.get(old.name, lock=True)
        if current.version != old.version:
            raise StaleEtag(f"{old.name} has changed meanwhile: read it again", name=old.name, etag=current.etag)
        closed = replace(current.to(BookingState.RESCHEDULED), rescheduled_to=new.id, revision=current.revision + 1)
        now = self._clock()
        visit = _visit(new, wanted.service, claimed.crew[0])
        change = replace(
            claimed.change,
            bookings=(closed, new),
            visits=(*claimed.change.visits, *_withdrawn(tx, current), visit),
            events=(
                self._event(request, "booking.rescheduled", current, closed),
                BookingEvent(new.id, now, "booking.created", request.caller.principal, None, new.state, new.revision),
            ),
            repairs=_settled_repairs(tx, current, "booking.rescheduled"),
            jobs=(message_job(new, "booking.rescheduled"),),
        )
        return change, _view(new, claimed.change.after, claimed.crew)

    def events(self, caller: Caller, name: str, page: Page) -> Listing[BookingEvent]:
        """Return a page of what happened, oldest first."""
        with self._store.begin() as tx:
            return tx.bookings.events(_seen(tx, caller, name).booking.id, page)

    def messages(self, caller: Caller, name: str, page: Page) -> Listing[Message]:
        """Return a page of what the customer was told, newest first."""
        with self._store.begin() as tx:
            return tx.messages.listing(_seen(tx, caller, name).booking.id, page)

    def _event(self, request: Request, kind: str, before: Booking, after: Booking) -> BookingEvent:
        actor = request.caller.principal
        return BookingEvent(before.id, self._clock(), kind, actor, before.state, after.state, after.revision)


def _seen(tx: Transaction, caller: Caller, name: str) -> BookingView:
    """Return a booking that the caller may know of, or refuse."""
    booking = tx.bookings.get(name)
    if caller.role is Role.PARTNER and booking.creator != caller.principal:
        raise NotFound(f"there is no booking {name!r}", name=name)
    view = tx.bookings.view([booking])[0]
    if caller.role is Role.OFFICER and caller.officer not in view.officers:
        raise NotYours(f"{name} is not on your route", name=name)
    return view


def _must_overbook(caller: Caller, choice: SlotChoice) -> None:
    """Refuse whoever may not put a visit beside a route, and a choice that does not say beside whose."""
    if caller.role is not Role.BOOKING_ADMINISTRATOR:
        raise NotYours("overbook is for booking administrators: take a free slot")
    if not choice.officer:
        raise InvalidField.of("slot.officer", "is empty: an overbooked visit names its officer")


def _must_be_first(tx: Transaction, new: NewBooking, service: str) -> None:
    """Refuse a second live booking of a service for a case, naming the first; the database refuses those who race."""
    if new.case is None or new.allow_duplicate:
        return
    for known in tx.bookings.listing(Page(LARGEST_SIZE), BookingFilter(states=LIVE, case=new.case), "").items:
        if known.service == service and not known.allow_duplicate:
            raise DuplicateBooking(
                f"the case has {known.name} of services/{service} already: cancel or reschedule that one, or set "
                "allow_duplicate",
                booking=known.name,
            )


def _not_held(name: str) -> HoldExpired:
    return HoldExpired(f"{name} is not held any more: it ran out, was released or is booked; search again", hold=name)


def _marking(booking: Booking) -> Callable[[Stop, ResourceDay], Stop]:
    def mark(stop: Stop, _: ResourceDay) -> Stop:
        kind = StopKind.REMOTE if stop.place is None else StopKind.STOP
        return replace(stop, kind=kind, booking=booking.id, visit=booking.visit, hold=0, expires=0)

    return mark


def _visit(booking: Booking, service: Service, officer: Officer) -> Visit:
    return Visit(
        id=booking.visit,
        service=booking.service,
        premises=booking.premises,
        team=officer.team,
        weight=service.weight,
        duration_minutes=booking.duration_minutes,
        state=VisitState.PLANNED,
        created=booking.created,
        case=booking.case,
        booking=booking.id,
    )


def _promised(change: Change, booking: Booking, service: Service, officer: Officer, now: datetime) -> Change:
    """Return the change with a new booking, its visit, what happened, and the job that tells the customer."""
    kind = "booking.requested" if booking.state is BookingState.PENDING else "booking.confirmed"
    event = BookingEvent(booking.id, now, "booking.created", booking.creator, None, booking.state, booking.revision)
    return replace(
        change,
        bookings=(booking,),
        visits=(*change.visits, _visit(booking, service, officer)),
        events=(event,),
        jobs=(message_job(booking, kind),),
    )


def _withdrawn(tx: Transaction, booking: Booking) -> tuple[Visit, ...]:
    return tuple(visit.to(VisitState.WITHDRAWN) for visit in tx.visits.some([booking.visit]).values())


def _settled_repairs(tx: Transaction, booking: Booking, how: str) -> tuple[Repair, ...]:
    return tuple(replace(repair, state=RepairState.RESOLVED, resolution=how) for repair in tx.facts.open_repairs(booking.id))


def _view(booking: Booking, days: tuple[ResourceDay, ...], crew: Sequence[Officer]) -> BookingView:
    starts = [day.span.at(stop.start) for day in days if day.mode for stop in day.stops if stop.booking == booking.id]
    return BookingView(booking, tuple(sorted(officer.code for officer in crew)), min(starts, default=None))
