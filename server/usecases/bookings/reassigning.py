"""Giving a booking to another officer, or one of its crew: the promise stays, everybody else's stops stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from server.domain import booking_history as history
from server.domain.booking import Booking, BookingState, BookingView
from server.domain.caller import Request
from server.domain.catalogue import lacking
from server.domain.change import Change
from server.domain.commands import SlotChoice
from server.domain.errors import IllegalTransition, InvalidField, NoOfficer, SlotTaken
from server.domain.facets import Dispatch
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.usecases import repairs
from server.usecases.bookings.records import marking, seen
from server.usecases.bookings.room import Room
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.offers import ONE_SECOND, Offers, Roads, candidate, new_stop, table_of
from server.usecases.placing import displaced
from server.usecases.ports import DayKey, Transaction
from server.usecases.slots import Wanted, freed

MOVABLE = (BookingState.PENDING, BookingState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class _Swap:
    """Who gives a booking to whom. `span` is when the taker's work may start: exactly as planned, where others come too."""

    booking: Booking
    giver: Officer
    taker: Officer
    wanted: Wanted
    span: Span


class Reassigning(Room):
    """One officer for another."""

    def reassign(self, request: Request, name: str, taker: str, giver: str, etag: str) -> BookingView:
        """Put another officer on a booking in the place of `giver`; empty: of the only one. All in one transaction."""
        with self._store.begin(request) as tx:
            view = seen(tx, request.caller, name)
            view.booking.must_be(etag)
            swap = self._swap(tx, request, view, taker, giver)

        def keys(tx: Transaction) -> set[DayKey]:
            held = [key for key in tx.bookings.days(view.booking.id) if key[1] == swap.giver.id]
            return {*held, *tx.days.overlapping(swap.taker.id, view.booking.promise)}

        def decide(tx: Transaction, locked: LockedDays) -> BookingView:
            booking = tx.bookings.get(name, lock=True)
            booking.must_be(etag or view.booking.etag)
            _must_move(booking)
            return self._swapped(tx, locked, request, replace(swap, booking=booking))

        place = swap.wanted.position
        places = [place] if place else []
        return change_days(self._store, self._travel, self._clock(), request, keys, places, decide)

    def _swap(self, tx: Transaction, request: Request, view: BookingView, taker: str, giver: str) -> _Swap:
        booking = view.booking
        _must_move(booking)
        if booking.session:
            raise IllegalTransition(
                f"{booking.name} has a seat in a session: change the officers of the session", booking=booking.name
            )
        if not giver and len(view.officers) > 1:
            raise InvalidField.of("from_officer", f"is empty: say who of {', '.join(view.officers)} gives it up")
        leaves = giver or next(iter(view.officers), "")
        if leaves not in view.officers:
            raise InvalidField.of("from_officer", f"officers/{leaves} is not on {booking.name}")
        if taker in view.officers:
            raise InvalidField.of("officer", f"officers/{taker} is on {booking.name} already")
        on = booking.promise.start.date()
        choice = SlotChoice(
            booking.service, booking.premises, booking.promise.start, "", booking.location, booking.duration_minutes
        )
        wanted = self._slots.wanted(tx, request.caller, choice, on)
        crew = [tx.organisation.officer(code, on) for code in {*view.officers, taker} - {leaves}]
        _must_have_skills(wanted, crew, taker)
        alone = len(wanted.service.crew) == 1
        start = view.planned_start or booking.promise.start
        span = booking.promise if alone else Span(start, start + ONE_SECOND)
        return _Swap(booking, tx.organisation.officer(leaves, on), tx.organisation.officer(taker, on), wanted, span)

    def _swapped(self, tx: Transaction, locked: LockedDays, request: Request, swap: _Swap) -> BookingView:
        booking, new_id = swap.booking, self._store.ids.occupancy
        days = {
            key: freed(day, booking.id, locked.legs_of(day), new_id) if key[1] == swap.giver.id else day
            for key, day in locked.now.items()
        }
        key, placed, pushed = self._placed(locked, days, swap)
        moved = replace(booking, version=booking.version + 1)
        told = {"from_officer": f"officers/{swap.giver.code}", "to_officer": f"officers/{swap.taker.code}"}
        days[key] = placed
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(days[key], self._store.ids) for key in locked.before),
            bookings=(moved,),
            visits=displaced(tx, locked.now[key], pushed),
            released_holds=locked.released_holds(),
            events=(self._event(request.caller, history.REASSIGNED, booking, moved, **told),),
            repairs=tuple(repairs.settled(tx, [booking.id], swap.giver.code, "reassigned")),
        )
        tx.write(change)
        tx.facets.save(booking.id, Dispatch.ASSIGNED, self._clock())
        view = tx.bookings.view([moved])[0]
        tx.answer(view)
        return view

    def _placed(
        self, locked: LockedDays, days: dict[DayKey, ResourceDay], swap: _Swap
    ) -> tuple[DayKey, ResourceDay, tuple[int, ...]]:
        """Return the taker's day with the stop on it, and whose stops had to give way; refuses when there is no room."""
        wanted, mark = swap.wanted, marking(swap.booking)
        asked = candidate(wanted.service, wanted.premises, location=wanted.location)
        roads = Roads(locked.legs_of, lambda day: table_of(locked.legs_of(day), asked, day))
        theirs = [day for day in days.values() if day.resource == swap.taker.id]
        offers = Offers(self._inserter, self._travel)
        crew = [frozenset({swap.taker.id})]
        limits = {swap.taker.id: swap.taker.limits}
        found = offers.find(theirs, asked, lambda _: crew, lambda _: [swap.span], roads, self._clock(), limits)
        for offer in sorted(found.get(swap.span, []), key=lambda offer: offer.rank):
            way = offer.ways[0]
            bare = new_stop(wanted.service, asked, swap.booking.promise, way.day, self._store.ids.occupancy())
            placed = offers.place(way, offer.start, mark(bare, way.day), asked, roads)
            if not placed.defects():
                return way.day.key, placed, way.fit.displaced
        start = swap.booking.promise.start.isoformat()
        raise SlotTaken(
            f"officers/{swap.taker.code} is not free at {start} for {swap.booking.name}: take another one, or reschedule",
            start_time=start,
            officer=swap.taker.code,
        )


def _must_move(booking: Booking) -> None:
    """Refuse to take work that has begun, or is over, from its officer."""
    if booking.state not in MOVABLE:
        raise IllegalTransition(
            f"a booking that is {booking.state.value} stays with its officers: only PENDING and CONFIRMED ones move",
            booking=booking.name,
            from_state=booking.state.value,
            to_state=booking.state.value,
        )


def _must_have_skills(wanted: Wanted, crew: Sequence[Officer], taker: str) -> None:
    """Refuse a crew that cannot share out the parts of the service among themselves."""
    parts = wanted.service.crew

    def covers(order: Collection[Officer]) -> bool:
        return all(not lacking(one.skills, needs) for one, needs in zip(order, parts, strict=False))

    if len(crew) != len(parts) or not any(covers(order) for order in permutations(crew)):
        raise NoOfficer(
            f"officers/{taker} lacks the skills that services/{wanted.service.code} needs of this crew",
            service=wanted.service.code,
            officer=taker,
        )
