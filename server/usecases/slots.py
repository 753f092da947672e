"""Searching: when could a service be promised, and what would it cost today's plan?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from server.domain import local_time
from server.domain.booking import Slot
from server.domain.caller import Caller
from server.domain.commands import PreferredTime, SlotChoice, SlotOrder, SlotQuery
from server.domain.errors import InvalidField, NotEligible
from server.domain.explanation import SlotExplanation
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay
from server.domain.slot_answer import SlotAnswer, WhyEmpty
from server.domain.spans import Span
from server.usecases import wanting
from server.usecases.changing import legs_day_by_day
from server.usecases.customer_needs import needs_for
from server.usecases.explaining import Explaining
from server.usecases.offers import Offer, Offers, Roads, candidate, promises_in
from server.usecases.ports import Clock, Inserter, Store, Transaction, Travel
from server.usecases.ports.search import Ask, Finding, SlotSearch
from server.usecases.rooms import Rooms, SessionSeats
from server.usecases.wanting import ONE_DAY, Wanted, freed, without_booking

__all__ = ["LONGEST_SEARCH", "Slots", "Wanted", "freed", "without_booking"]

MOST_PROMISES = 10_000
FEW_PROMISES = 30
LONGEST_SEARCH = timedelta(days=62)
MOST_OFFERS = 200


class Slots:
    """Offers are computed, never stored; holding one settles it."""

    def __init__(self, store: Store, travel: Travel, inserter: Inserter, search: SlotSearch, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._offers = Offers(inserter, travel)
        self._search = search
        self._clock = clock
        self._explaining = Explaining(store, travel, inserter, clock)

    def explain(self, caller: Caller, choice: SlotChoice, limit: int = 0) -> SlotExplanation:
        """Return why a slot is offered, or is not; at most `limit` officers (0: 50)."""
        return self._explaining.slot(caller, choice, limit)

    def search(self, caller: Caller, query: SlotQuery) -> tuple[list[Slot], bool]:
        """Return the offers as ranked, and whether there are more. Those outside staff get them by time only."""
        answer = self.answer(caller, query)
        return list(answer.slots), answer.truncated

    def answer(self, caller: Caller, query: SlotQuery) -> SlotAnswer:
        """Return the offers as ranked, or why there are none. Those outside staff get them by time only."""
        if query.span.end - query.span.start > LONGEST_SEARCH:
            raise InvalidField.of("interval", f"is longer than {LONGEST_SEARCH.days} days: ask for less at once")
        with self._store.begin() as tx:
            choice = _choice(tx, caller, query)
            try:
                wanted = self.wanted(tx, caller, choice, query.span.start.date(), query.span.end.date())
            except NotEligible:
                if query.language and self._somebody(tx, caller, choice, query):
                    return SlotAnswer((), why_empty=WhyEmpty.LANGUAGE)
                raise
            if query.same_patch:
                wanted = wanted.in_patch()
            by_cost = query.order is SlotOrder.LEAST_TRAVEL and caller.is_staff
            limit = min(query.limit or 20, MOST_OFFERS)
            ranked = self._slots(tx, wanted, query, limit, by_cost)
            if not ranked:
                return self._nothing(tx, wanted, query)
        return SlotAnswer(tuple(ranked[:limit]), len(ranked) > limit)

    def _slots(self, tx: Transaction, wanted: Wanted, query: SlotQuery, limit: int, by_cost: bool) -> list[Slot]:
        """Return the first slots, as ranked; one more than the limit, or more, where there are."""
        rooms, seats = self.rooms(tx, wanted, query.span), self.seats(tx, wanted, query.span)
        ask = self._ask(wanted, query.span, limit, is_open=rooms.can_serve, by_cost=by_cost, preferred=query.preferred)
        found = self._search.find(tx.days, ask) if wanted.service.capacity == 1 and all(wanted.crew) else []
        codes = {officer.id: officer.code for officer in wanted.officers}
        slots = {finding.promise: _slot(finding, codes) for finding in found}
        slots |= self._seat_slots(wanted, seats, query)
        return sorted(slots.values(), key=lambda slot: (*slot.cost, slot.promise) if by_cost else slot.promise)

    def _nothing(self, tx: Transaction, wanted: Wanted, query: SlotQuery) -> SlotAnswer:
        """Return why there is no offer, and when the next one is."""
        end = min(wanted.service.open_span(self._clock()).end, query.span.end + LONGEST_SEARCH)
        later = replace(query, span=Span(query.span.end, end)) if query.span.end < end else None
        first = self._slots(tx, wanted, later, 0, by_cost=False)[:1] if later else []
        zone = local_time.zone(wanted.zone)
        return SlotAnswer(
            (),
            why_empty=self._why(tx, wanted, query),
            earliest=local_time.local_date(first[0].promise.start, zone) if first else None,
        )

    def _why(self, tx: Transaction, wanted: Wanted, query: SlotQuery) -> WhyEmpty:
        if not all(wanted.crew):
            return WhyEmpty.PATCH
        ask = self._ask(wanted, query.span, 0, preferred=query.preferred)
        if not any(ask.promises.values()):
            anytime = self._ask(wanted, query.span, 0)
            return WhyEmpty.PREFERRED_TIMES if any(anytime.promises.values()) else WhyEmpty.BOOKING_PERIOD
        if wanted.service.capacity == 1 and not self._search.is_anybody_there(tx.days, ask):
            return WhyEmpty.NOBODY_WORKS
        return WhyEmpty.ROOMS if wanted.needs and self._search.find(tx.days, ask) else WhyEmpty.ALL_TAKEN

    def _somebody(self, tx: Transaction, caller: Caller, choice: SlotChoice, query: SlotQuery) -> bool:
        """Tell whether somebody could do it who need not speak that language."""
        with suppress(NotEligible):
            self.wanted(tx, caller, replace(choice, language=""), query.span.start.date(), query.span.end.date())
            return True
        return False

    def _seat_slots(self, wanted: Wanted, seats: SessionSeats, query: SlotQuery) -> dict[Span, Slot]:
        """Return the promises that sessions can keep: nobody travels for them."""
        found = {}
        asked = promises_in(wanted.service, wanted.zone, query.span, self._clock()) if seats.sessions else []
        for promise in _preferred(asked, wanted.zone, query.preferred):
            if free := seats.free(promise):
                officers = sorted({code for session, _ in free for code in session.officers})
                left = sum(number for _, number in free)
                found[promise] = Slot(promise, free[0][0].officers[0] if officers else "", len(officers), 0, 0, left)
        return found

    def wanted(self, tx: Transaction, caller: Caller, choice: SlotChoice, on: date, until: date | None = None) -> Wanted:
        """Return what a caller asks for, with the skills that hold on that date (to `until`), or refuse what can never be
        promised. The officer of the choice leads, if it names one."""
        dates = on - ONE_DAY, (until or on) + ONE_DAY
        return wanting.wanted(tx, caller, choice, dates, self._travel.is_off_road)

    def rooms(self, tx: Transaction, wanted: Wanted, span: Span) -> Rooms:
        """Return the days of the rooms and equipment that promises of `span` could use."""
        return Rooms.read(tx, wanted.service, wanted.needs, span)

    def seats(self, tx: Transaction, wanted: Wanted, span: Span) -> SessionSeats:
        """Return the sessions in which promises of `span` could have a seat."""
        found = SessionSeats.read(tx, wanted.service, wanted.office, span)
        if not wanted.needed:
            return found
        able = {officer.code for officer in wanted.officers if officer.id in wanted.crew[0]}
        return replace(found, sessions=tuple(one for one in found.sessions if able & set(one[0].officers)))

    def best(self, tx: Transaction, wanted: Wanted, promise: Span, released_booking: int = 0) -> list[Offer]:
        """Return the offers for one promise, the cheapest first: those of the best few who could lead."""
        ask = replace(self._ask(wanted, promise, 1), promises={zone: [promise] for zone in wanted.zones.values()})
        found = self._search.find(tx.days, self._releasing(tx, ask, released_booking))
        keys = {key for finding in found for team in finding.teams for key in team.days}
        if not keys:
            return []
        offers = self.evaluate(wanted, list(tx.days.get(keys).values()), lambda _: [promise], released_booking)
        return sorted(offers.get(promise, []), key=lambda offer: offer.rank)

    def promises(self, tx: Transaction, wanted: Wanted, span: Span, released_booking: int = 0) -> list[Span]:
        """Return the promises that begin in `span` and could be kept, in order.

        Those for which a planned visit would have to give way are among them only where there are few others.
        """
        seats, rooms, now = self.seats(tx, wanted, span), self.rooms(tx, wanted, span), self._clock()
        asked = promises_in(wanted.service, wanted.zone, span, now) if seats.sessions else []
        found = {promise for promise in asked if seats.free(promise)}
        if wanted.service.capacity == 1:
            ask = self._ask(wanted, span, MOST_PROMISES, is_open=rooms.can_serve, may_displace=False)
            ask = self._releasing(tx, ask, released_booking)
            plain = self._search.find(tx.days, ask)
            if len(plain) < FEW_PROMISES:
                plain = self._search.find(tx.days, replace(ask, limit=FEW_PROMISES, may_displace=True))
            found |= {finding.promise for finding in plain}
        return sorted(found)

    def _ask(
        self,
        wanted: Wanted,
        span: Span,
        limit: int,
        is_open: Callable[[Span], bool] = lambda _: True,
        by_cost: bool = False,
        may_displace: bool = True,
        preferred: Sequence[PreferredTime] = (),
    ) -> Ask:
        now = self._clock()
        zones = set(wanted.zones.values())
        promises = {zone: _preferred(promises_in(wanted.service, zone, span, now), zone, preferred) for zone in zones}
        return Ask(
            candidate=candidate(wanted.service, wanted.premises, location=wanted.location),
            promises=promises,
            zones=wanted.zones,
            crew=wanted.crew_on,
            limits=wanted.limits,
            now=now,
            limit=limit,
            by_cost=by_cost,
            is_open=is_open,
            may_displace=may_displace,
        )

    @staticmethod
    def _releasing(tx: Transaction, ask: Ask, booking: int) -> Ask:
        return replace(ask, released=booking, freed=tuple(tx.bookings.days(booking))) if booking else ask

    def evaluate(
        self,
        wanted: Wanted,
        days: Collection[ResourceDay],
        promises: Callable[[Officer], Sequence[Span]],
        ignored_booking: int = 0,
    ) -> dict[Span, list[Offer]]:
        """Return, for each promise that somebody could keep, the cheapest way of each officer-day.

        The stops of `ignored_booking` count as taken off: it is about to move.
        """
        now = self._clock()
        asked = candidate(wanted.service, wanted.premises, location=wanted.location)
        legs = legs_day_by_day(self._travel)
        live = [freed(day.without_expired(now, legs(day)), ignored_booking, legs(day), int) for day in days]
        reach = self._offers.reach(asked.place, live)
        officers = {officer.id: officer for officer in wanted.officers}
        roads = Roads(legs, lambda day: reach[day.mode])
        mine = [day for day in live if day.resource in officers]
        return self._offers.find(
            mine, asked, wanted.crew_on, lambda day: promises(officers[day.resource]), roads, now, wanted.limits
        )


def _choice(tx: Transaction, caller: Caller, query: SlotQuery) -> SlotChoice:
    return SlotChoice(
        query.service,
        query.premises,
        query.span.start,
        query.officer,
        query.location,
        query.duration_minutes,
        (*query.access_needs, *needs_for(tx, caller, query.record)),
        query.language,
    )


def _preferred(promises: list[Span], zone_name: str, times: Sequence[PreferredTime]) -> list[Span]:
    """Return the promises that begin at a preferred local time."""
    if not times:
        return promises
    zone = local_time.zone(zone_name)
    return [one for one in promises if any(time.admits(one.start.astimezone(zone)) for time in times)]


def _slot(finding: Finding, codes: Mapping[int, str]) -> Slot:
    best = finding.teams[0]
    return Slot(
        promise=finding.promise,
        officer=codes[best.lead],
        available_officers=finding.leads,
        extra_travel_s=best.extra,
        displaced_weight=best.displaced_weight,
    )
