"""Promising time: out of a slot, out of a hold, or as a predecessor system promised it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain.booking import Booking, BookingState, BookingView, Hold, Source
from server.domain.caller import Caller, Request, Role
from server.domain.catalogue import Service
from server.domain.change import Change
from server.domain.commands import NewBooking, SlotChoice
from server.domain.eligibility import must_be_reachable
from server.domain.errors import HoldExpired, InvalidField, NotYours
from server.domain.facts import Repair
from server.domain.ids import encode
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.usecases import plain_claims, repairs
from server.usecases.bookings.addressing import addressed, has_closed_case, must_suit_needs
from server.usecases.bookings.records import marking, must_be_first, planned_view, promised, source_of
from server.usecases.bookings.room import Room
from server.usecases.changing import LockedDays, settled
from server.usecases.claims import Claimed
from server.usecases.contact import checked
from server.usecases.placing import Claim
from server.usecases.ports import Transaction


class Creating(Room):
    """The first step of a booking's life."""

    def create(self, request: Request, new: NewBooking) -> BookingView:
        """Promise the time of a hold or of a slot. One of a case that has a live booking of the service is refused."""
        new = self._addressed(request, new)
        if new.hold is not None:
            return self._create_from_hold(request, new, new.hold)
        if new.slot is None:
            raise InvalidField.of("time", "name a hold or a slot")
        return self._create_from_slot(request, new, new.slot)

    def _addressed(self, request: Request, new: NewBooking) -> NewBooking:
        """Return it with checked details, filled from the record where it names one."""
        if not new.record:
            return replace(new, customer=checked(new.customer, self._region))
        with self._store.begin(request) as tx:
            return addressed(tx, request.caller, new, self._region)

    def _create_from_slot(self, request: Request, new: NewBooking, choice: SlotChoice) -> BookingView:
        if new.overbook:
            must_overbook(request.caller, choice)
        with self._store.read(request) as tx:
            wanted = self._wanted(tx, request.caller, choice)
            must_be_reachable(wanted.service, new.customer)
            must_be_first(tx, new.case, new.allow_duplicate, choice.service)
            has_closed_case(tx, request.caller, new)
            promise = self._claims.promise(wanted, choice.start)
            claim = Claim(wanted, promise, overbook=new.overbook)
            free = plain_claims.free_days(tx, claim)
        booking = self._new(request.caller, new, wanted.service, choice, promise)

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            made = replace(booking, session=claimed.session, case_closed=has_closed_case(tx, request.caller, new))
            change = promised(claimed.change, made, wanted.service, claimed.crew[0], self._clock())
            return change, planned_view(made, claimed.change.after, claimed.crew)

        return self._claims.take(request, claim, marking(booking), finish, free)

    def take_over(self, request: Request, new: NewBooking, choice: SlotChoice, promise: Span) -> BookingView:
        """Promise a time that a predecessor system promised already: any promise, no grid or notice, no message."""
        new = replace(new, customer=checked(new.customer, self._region))
        with self._store.begin(request) as tx:
            wanted = self._wanted(tx, request.caller, choice)
        booking = replace(self._new(request.caller, new, wanted.service, choice, promise), source=Source.IMPORT)

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            change = promised(claimed.change, booking, wanted.service, claimed.crew[0], self._clock())
            return replace(change, jobs=()), planned_view(booking, claimed.change.after, claimed.crew)

        return self._claims.take(request, Claim(wanted, promise), marking(booking), finish)

    def _create_from_hold(self, request: Request, new: NewBooking, name: str) -> BookingView:
        with self._store.begin(request) as tx:
            hold = tx.holds.get(name)
            if hold is None:
                raise not_held(name)
            if hold.principal != (new.waiting or request.caller.principal):
                raise NotYours(f"{name} was made by another principal", hold=name)
            service = tx.services.get(hold.service).lasting(hold.duration_minutes)
            must_be_reachable(service, new.customer)
            must_be_first(tx, new.case, new.allow_duplicate, hold.service)
            has_closed_case(tx, request.caller, new)
            officers = tx.organisation.everyone(self._clock().date())
            must_suit_needs(tx, new, hold, officers)
        choice = SlotChoice(hold.service, hold.premises, hold.promise.start, "", hold.location, hold.duration_minutes)
        booking = self._new(request.caller, new, service, choice, hold.promise)

        def decide(tx: Transaction, locked: LockedDays) -> BookingView:
            made = replace(booking, case_closed=has_closed_case(tx, request.caller, new))
            view = self._turn_into_booking(tx, locked, hold, made, service, officers)
            if new.waiting:
                tx.waiting.save(tx.waiting.get(new.waiting, lock=True).booked(booking.id))
            return view

        return self._locked(request, lambda tx: tx.holds.days(hold.id), decide, keep_hold=hold.id)

    def _turn_into_booking(
        self,
        tx: Transaction,
        locked: LockedDays,
        hold: Hold,
        booking: Booking,
        service: Service,
        officers: list[Officer],
    ) -> BookingView:
        after, crew, session = self._taken_over(tx, locked, hold, booking, officers)
        booking = replace(booking, session=session)
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in after),
            released_holds=tuple({*locked.released_holds(), hold.id}),
            repairs=self._already_lost(booking, after, crew),
        )
        view = planned_view(booking, after, crew)
        tx.write(promised(change, booking, service, crew[0], self._clock()), view)
        return view

    def _taken_over(
        self, tx: Transaction, locked: LockedDays, hold: Hold, booking: Booking, officers: Sequence[Officer]
    ) -> tuple[tuple[ResourceDay, ...], list[Officer], int]:
        """Return the days with the hold's stops as the booking's, its crew and its session; refuses a hold that is gone."""
        held = {day.resource for day in locked.now.values() for stop in day.everything() if stop.hold == hold.id}
        if not held:
            raise not_held(hold.name)
        mark = marking(booking)
        after = tuple(
            day.each(lambda stop, day=day: mark(stop, day) if stop.hold == hold.id else stop)  # type: ignore[misc]
            for day in locked.now.values()
        )
        crew = [officer for officer in officers if officer.id in held]
        if crew:
            return after, crew, 0
        session = next(iter(tx.sessions.some(held).values()))
        return after, [officer for officer in officers if officer.code in session.officers], session.id

    def _already_lost(self, booking: Booking, days: Sequence[ResourceDay], crew: Sequence[Officer]) -> tuple[Repair, ...]:
        """Return a repair for each of the crew whose absence was recorded while the time was held."""
        away = {day.resource for day in days for stop in day.collisions() if stop.booking == booking.id}
        lost = [officer.code for officer in crew if officer.id in away]
        new_id = self._store.ids.unguessable
        return tuple(repairs.opened(new_id(), booking, code, "absence while held", self._clock()) for code in lost)

    def _new(self, caller: Caller, new: NewBooking, service: Service, choice: SlotChoice, promise: Span) -> Booking:
        service.must_serve(new.purpose)
        number = self._store.ids.unguessable()
        return Booking(
            id=number,
            service=service.code,
            premises=choice.premises,
            promise=promise,
            customer=new.customer,
            customer_id=new.record,
            state=BookingState.PENDING if service.needs_approval else BookingState.CONFIRMED,
            source=source_of(caller),
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


def must_overbook(caller: Caller, choice: SlotChoice) -> None:
    """Refuse whoever may not put a visit beside a route, and a choice that does not say beside whose."""
    if caller.role is not Role.BOOKING_ADMINISTRATOR:
        raise NotYours("overbook is for booking administrators: take a free slot")
    if not choice.officer:
        raise InvalidField.of("slot.officer", "is empty: an overbooked visit names its officer")


def not_held(name: str) -> HoldExpired:
    """Return the refusal of a hold that is gone."""
    return HoldExpired(f"{name} is not held any more: it ran out, was released or is booked; search again", hold=name)
