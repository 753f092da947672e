"""Requests as bytes: made before the clock runs, each with a request id of its own."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Iterable
from datetime import date, datetime

from fieldwork.v1 import bookings_pb2 as pb

from server.domain.resource_day import ResourceDay
from server.domain.spans import Span
from server.wiring import Application

CREATE_BOOKING = "/fieldwork.v1.BookingService/CreateBooking"
SEARCH_SLOTS = "/fieldwork.v1.BookingService/SearchSlots"
RESCHEDULE_BOOKING = "/fieldwork.v1.BookingService/RescheduleBooking"


_people = itertools.count(1_000_000)


def create_booking(service: str, start: datetime, officer: str = "", premises: int = 0, request_id: str = "") -> bytes:
    """Return a CreateBooking for somebody new; `officer` empty for whoever it costs least."""
    who = next(_people)
    slot = pb.SlotChoice(service=f"services/{service}")
    slot.start_time.FromDatetime(start)
    if officer:
        slot.officer = f"officers/{officer}"
    if premises:
        slot.premises = f"premises/{premises}"
    customer = pb.Customer(display_name=f"Aino {who}", phone=f"+35840{who}", email=f"aino{who}@example.com", language="fi")
    request = pb.CreateBookingRequest(slot=slot, customer=customer, request_id=request_id or str(uuid.uuid4()))
    return request.SerializeToString()


def search_slots(service: str, span: Span, by_travel: bool, premises: int = 0, size: int = 50) -> bytes:
    """Return a SearchSlots."""
    order = pb.SLOT_ORDER_LEAST_TRAVEL if by_travel else pb.SLOT_ORDER_EARLIEST
    request = pb.SearchSlotsRequest(service=f"services/{service}", page_size=size, order_by=order)
    request.interval.start_time.FromDatetime(span.start)
    request.interval.end_time.FromDatetime(span.end)
    if premises:
        request.premises = f"premises/{premises}"
    return request.SerializeToString()


def reschedule_booking(name: str, start: datetime, officer: str) -> bytes:
    """Return a RescheduleBooking."""
    request = pb.RescheduleBookingRequest(name=name, officer=f"officers/{officer}", request_id=str(uuid.uuid4()))
    request.start_time.FromDatetime(start)
    return request.SerializeToString()


def free_starts(app: Application, officers: Iterable[int], days: Iterable[date], step: int) -> list[tuple[int, datetime]]:
    """Return every (officer, start) on the grid of `step` seconds that is free for as long, in an order of chance."""
    with app.store.begin() as tx:
        known = tx.days.get([(day, officer) for day in days for officer in officers])
    found = [(day.resource, day.span.at(start)) for day in known.values() for start in _free(day, step)]
    random.Random(1).shuffle(found)
    return found


def _free(day: ResourceDay, step: int) -> list[int]:
    busy = [stop.busy for stop in day.stops]
    starts = range(0, day.span.seconds - step + 1, step)
    return [start for start in starts if all(high <= start or start + step <= low for low, high in busy)]
