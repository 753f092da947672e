"""Slots and holds."""

from __future__ import annotations

from datetime import time

from fieldwork.v1 import bookings_pb2 as pb
from google.type.timeofday_pb2 import TimeOfDay

from server.domain.booking import Hold, Slot
from server.domain.caller import Caller
from server.domain.commands import PreferredTime, SlotChoice, SlotOrder, SlotQuery
from server.domain.ids import decode
from server.domain.slot_answer import SlotAnswer
from server.rpc.convert.names import code, number, optional
from server.rpc.convert.times import bounded_span, date_message, instant, interval, timestamp

_DEFAULT_SLOTS, _MOST_SLOTS = 20, 200
_LONGEST_SEARCH_DAYS = 62


def slot_query(message: pb.SearchSlotsRequest) -> SlotQuery:
    """Return when a service is wanted."""
    by_travel = message.order_by == pb.SLOT_ORDER_LEAST_TRAVEL
    return SlotQuery(
        service=code(message.service),
        premises=number(message.premises),
        span=bounded_span(message.interval, _LONGEST_SEARCH_DAYS, "interval"),
        officer=code(message.officer),
        order=SlotOrder.LEAST_TRAVEL if by_travel else SlotOrder.EARLIEST,
        limit=min(message.page_size or _DEFAULT_SLOTS, _MOST_SLOTS),
        location=code(message.location),
        duration_minutes=message.duration_minutes,
        access_needs=tuple(message.access_needs),
        record=decode(message.customer, "customer") if message.customer else 0,
        language=message.language,
        preferred=tuple(map(_preferred_time, message.preferred_times)),
        same_patch=message.same_patch,
    )


def _preferred_time(message: pb.PreferredTime) -> PreferredTime:
    return PreferredTime(
        frozenset(message.weekdays),
        _time(message.start_time) if message.HasField("start_time") else time.min,
        _time(message.end_time) if message.HasField("end_time") else None,
    )


def _time(message: TimeOfDay) -> time:
    return time(message.hours, message.minutes)


def answer_message(answer: SlotAnswer, caller: Caller) -> pb.SearchSlotsResponse:
    """Return the answer to a search as this caller may see it."""
    response = pb.SearchSlotsResponse(
        slots=[slot_message(slot, caller) for slot in answer.slots],
        truncated=answer.truncated,
        earliest_date=date_message(answer.earliest) if answer.earliest else None,
    )
    if answer.why_empty:
        response.why_empty = pb.SearchSlotsResponse.WhyEmpty.Value(f"WHY_EMPTY_{answer.why_empty.value}")
    return response


def slot_message(slot: Slot, caller: Caller) -> pb.Slot:
    """Return an offer as this caller may see it: whose day it costs what is staff's only."""
    message = pb.Slot(promise=interval(slot.promise), available_officer_count=slot.available_officers)
    message.remaining_seats = slot.remaining_seats
    if caller.is_staff:
        message.officer = optional("officers", slot.officer)
        message.extra_travel_seconds = slot.extra_travel_s
        message.displaced_weight = slot.displaced_weight
    return message


def slot_choice(message: pb.SlotChoice) -> SlotChoice:
    """Return the slot that somebody wants."""
    return SlotChoice(
        service=code(message.service),
        premises=number(message.premises),
        start=instant(message.start_time),
        officer=code(message.officer),
        location=code(message.location),
        duration_minutes=message.duration_minutes,
        access_needs=tuple(message.access_needs),
        language=message.language,
    )


def hold_message(hold: Hold) -> pb.Hold:
    """Return a hold as a message."""
    return pb.Hold(name=hold.name, promise=interval(hold.promise), expire_time=timestamp(hold.expires))
