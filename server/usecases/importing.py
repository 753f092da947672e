"""Importing: what other systems own comes in, a file at a time, all of it or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from server.domain import local_time
from server.domain.caller import Caller, Request, Role
from server.domain.catalogue import Service
from server.domain.commands import NewBooking, NewShift, NewVisit, SlotChoice
from server.domain.errors import DomainError, InvalidField, RequestIdReused, SlotTaken
from server.domain.organisation import AddressPoint, Officer, PatchArea, Premises, RoadMap
from server.domain.resource_day import Fact, ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.usecases.bookings import Bookings
from server.usecases.ports import AlreadyAnswered, Clock, Store, Transaction
from server.usecases.rosters import Rosters
from server.usecases.visits import Visits

IMPORTER = Caller("import", Role.BOOKING_ADMINISTRATOR)
_NAMESPACE = uuid.UUID("6b0b1c9e-3f0a-4d6e-9d50-1f3f4f6b7a11")


@dataclass(frozen=True, slots=True)
class CityRecords:
    """Everything that an extract of the map gives."""

    premises: Sequence[Premises]
    addresses: Sequence[AddressPoint]
    patches: Sequence[PatchArea]
    roads: RoadMap


@dataclass(frozen=True, slots=True)
class Imported:
    """How the rows of a file fared: how many were written, how many were there already, and (index, why) of the others."""

    written: int
    known: int = 0
    left_out: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TakenOver:
    """How a row of a predecessor's bookings fared; `refused` is empty when it is booked, now or by an earlier import."""

    line: int
    refused: str = ""
    known: bool = False


class Importing:
    """Bulk writes on behalf of the administrator at the console."""

    def __init__(self, store: Store, rosters: Rosters, visits: Visits, bookings: Bookings, clock: Clock) -> None:
        self._store = store
        self._rosters = rosters
        self._visits = visits
        self._bookings = bookings
        self._clock = clock

    def city(self, records: CityRecords) -> None:
        """Add or replace premises, addresses, patches and the road graph, in one transaction."""
        with self._store.begin() as tx:
            tx.imports.patches(records.patches)
            tx.imports.premises(records.premises)
            tx.imports.addresses(records.addresses)
            tx.imports.assign_patches()
            tx.imports.roads(records.roads, self._clock())

    def services(self, services: Iterable[Service]) -> None:
        """Add or replace services by code."""
        with self._store.begin() as tx:
            for service in services:
                tx.services.upsert(service)

    def teams(self, teams: Iterable[tuple[str, str, str]]) -> None:
        """Add or replace teams: code, name, IANA zone."""
        with self._store.begin() as tx:
            for code, name, zone in teams:
                tx.imports.team(code, name, zone)

    def officers(self, officers: Iterable[Officer]) -> None:
        """Add or replace officers by code; the opening rules give them their days."""
        codes = list[str]()
        with self._store.begin() as tx:
            for officer in officers:
                tx.imports.officer(officer)
                codes.append(officer.code)
        self._rosters.follow(codes, self._clock())

    def shifts(self, shifts: Sequence[NewShift]) -> Imported:
        """Add the shifts that the officers do not have; one with the same date and span is known already.

        A day that the opening rules made gives way, unless something stands on it.
        """
        left_out: list[tuple[int, str]] = []
        known = 0
        with self._store.begin() as tx:
            officers = {officer.code: officer for officer in tx.organisation.everyone(self._clock().date())}
            for index, shift in enumerate(shifts):
                day = _day(shift, officers[shift.officer], self._store.ids.occupancy())
                if not tx.imports.has_shift(day) or self._rosters.give_way(tx, day):
                    tx.imports.shift(self._with_absences(tx, shift.officer, day))
                elif (there := tx.days.get([day.key]).get(day.key)) and there.span == day.span:
                    known += 1
                else:
                    left_out.append((index, "the officer has another shift then: shifts with stops are not replaced"))
        if shifts:
            self._rosters.follow({shift.officer for shift in shifts}, min(shift.span.start for shift in shifts))
        return Imported(len(shifts) - known - len(left_out), known, tuple(left_out))

    def _with_absences(self, tx: Transaction, officer: str, day: ResourceDay) -> ResourceDay:
        """Return the new day with what was recorded about it before there was a shift."""
        facts = tuple(
            Fact(overlay.id, day.span.offset(both.start), day.span.offset(both.end))
            for overlay in tx.facts.during(officer, day.span)
            if (both := day.span.intersection(overlay.span))
        )
        return replace(day, facts=facts).recut(self._store.ids.occupancy) if facts else day

    def visits(self, visits: Sequence[NewVisit]) -> Imported:
        """Record due inspections, all or none; the same rows again are the same visits."""
        digest = uuid.uuid5(_NAMESPACE, repr(visits))
        request = _request("ImportVisits", str(digest), repr(visits))
        try:
            self._visits.create(request, visits)
        except AlreadyAnswered:
            return Imported(0, known=len(visits))
        return Imported(len(visits))

    def booking(self, line: int, external_id: str, choice: SlotChoice, promise: Span, new: NewBooking) -> TakenOver:
        """Take over one live booking of a predecessor system; its own id keeps a second import from booking twice."""
        key = str(uuid.uuid5(_NAMESPACE, external_id))
        try:
            self._bookings.take_over(_request("ImportBooking", key, f"{choice} {promise} {new}"), new, choice, promise)
        except AlreadyAnswered:
            return TakenOver(line, known=True)
        except RequestIdReused:
            return TakenOver(line, refused="was imported before with other details: change the booking itself instead")
        except SlotTaken:
            return TakenOver(line, refused=self._no_room(choice.officer, promise))
        except DomainError as refusal:
            return TakenOver(line, refused=f"{refusal.reason}: {refusal.message}")
        return TakenOver(line)

    def _no_room(self, code: str, promise: Span) -> str:
        """Return why an officer cannot keep a promise of the predecessor: nothing of it was ever offered here."""
        with self._store.begin() as tx:
            officer = next(one for one in tx.organisation.everyone(promise.start.date()) if one.code == code)
            on_duty = tx.days.overlapping(officer.id, promise)
        start = promise.start.astimezone(local_time.zone(officer.zone))
        if not on_duty:
            return f"officers/{code} has no shift on {start:%Y-%m-%d} at {start:%H:%M}: import the shift first"
        return (
            f"officers/{code} has a shift on {start:%Y-%m-%d}, but {start:%H:%M} does not fit into it, with the "
            "ways to and from it and whoever else is needed: free that time, or give the booking another"
        )


def _request(method: str, key: str, body: str) -> Request:
    return Request(IMPORTER, method, key, uuid.uuid5(_NAMESPACE, body).bytes, lambda _: b"")


def _day(shift: NewShift, officer: Officer, occupancy: int) -> ResourceDay:
    """Return the officer-day of a shift: empty but for its break, which starts as early as it may."""
    stops: tuple[Stop, ...] = ()
    if shift.break_s and shift.break_within:
        earliest = shift.span.offset(shift.break_within.start)
        latest = shift.span.offset(shift.break_within.end) - shift.break_s + 1
        if earliest < 0 or latest + shift.break_s - 1 > shift.span.seconds or earliest >= latest:
            raise InvalidField.of("break", f"of officers/{shift.officer} on {shift.day} does not fit into the shift")
        stops = (Stop(occupancy, StopKind.BREAK, None, shift.break_s, earliest, latest, earliest),)
    return ResourceDay(shift.day, officer.id, shift.span, 0, officer.base, officer.mode, stops)
