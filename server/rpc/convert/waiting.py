"""The waiting list."""

from __future__ import annotations

from datetime import time

from fieldwork.v1 import waiting_pb2 as pb
from google.type.timeofday_pb2 import TimeOfDay

from server.domain.caller import Caller
from server.domain.waiting import EVERY_DAY, NewEntry, WaitingFilter, WaitingState, WaitingView, Wish
from server.rpc.convert.bookings import customer_message, unlinked_customer
from server.rpc.convert.common import case_message, case_ref
from server.rpc.convert.names import code, identified, number, optional
from server.rpc.convert.times import interval, span, timestamp
from server.rpc.convert.visits import rating


def new_entry(message: pb.WaitingEntry) -> NewEntry:
    """Return who wants to wait for what."""
    return NewEntry(
        service=code(message.service),
        premises=number(message.premises),
        wish=Wish(
            span=span(message.interval),
            weekdays=frozenset(message.weekdays) or EVERY_DAY,
            first=_time(message.from_time) if message.HasField("from_time") else None,
            last=_time(message.until_time) if message.HasField("until_time") else None,
        ),
        customer=unlinked_customer(message.customer, "waiting_entry.customer"),
        location=code(message.location),
        duration_minutes=message.duration_minutes,
        weight=message.weight,
        rating=rating(message.rating) if message.HasField("rating") else None,
        case=case_ref(message.case) if message.HasField("case") else None,
        note=message.note,
        purpose=message.purpose,
    )


def entry_message(view: WaitingView, caller: Caller) -> pb.WaitingEntry:
    """Return an entry as this caller may see it."""
    entry, wish = view.entry, view.entry.wish
    message = pb.WaitingEntry(
        name=entry.name,
        service=f"services/{entry.service}",
        premises=optional("premises", entry.premises),
        location=optional("locations", entry.location),
        duration_minutes=entry.duration_minutes,
        interval=interval(wish.span),
        weekdays=[] if wish.weekdays == EVERY_DAY else sorted(wish.weekdays),
        from_time=_time_message(wish.first),
        until_time=_time_message(wish.last),
        customer=customer_message(entry.customer, caller),
        case=case_message(entry.case),
        note=entry.note,
        purpose=entry.purpose,
    )
    _stand(message, view)
    return message


def _stand(message: pb.WaitingEntry, view: WaitingView) -> None:
    entry = view.entry
    message.weight = entry.weight
    message.state = pb.WaitingEntry.State.Value(f"STATE_{entry.state.value}")
    message.booking = identified("bookings", entry.booking)
    message.ahead_count = view.ahead
    message.etag = entry.etag
    message.create_time.CopyFrom(timestamp(entry.created))
    if entry.offer is not None and entry.state is WaitingState.OFFERED:
        message.offer.promise.CopyFrom(interval(entry.offer.promise))
        message.offer.expire_time.CopyFrom(timestamp(entry.offer.expires))


def entry_filter(message: pb.ListWaitingEntriesRequest) -> WaitingFilter:
    """Return which entries are asked for."""
    names = [pb.WaitingEntry.State.Name(state).removeprefix("STATE_") for state in message.states if state]
    return WaitingFilter(code(message.service), frozenset(WaitingState(name) for name in names))


def _time(message: TimeOfDay) -> time:
    return time(message.hours, message.minutes)


def _time_message(at: time | None) -> TimeOfDay | None:
    return TimeOfDay(hours=at.hour, minutes=at.minute) if at else None
