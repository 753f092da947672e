"""What streams tell."""

from __future__ import annotations

from dataclasses import replace

from fieldwork.v1 import watch_pb2 as pb

from server.domain.caller import Caller
from server.domain.ids import encode
from server.domain.watching import BookingNews, DayNews
from server.rpc.convert.bookings import event_message
from server.rpc.convert.times import date_message


def booking_change(news: BookingNews, caller: Caller) -> pb.BookingChange:
    """Return an event as this caller may see it: who is not staff learns of no other actor and no officer."""
    event = news.event
    if not caller.is_staff:
        event = replace(event, actor=event.actor if event.actor == caller.principal else "", detail=())
    return pb.BookingChange(booking=f"bookings/{encode(event.booking)}", event=event_message(event))


def day_change(news: DayNews) -> pb.DayChange:
    """Return a changed day."""
    return pb.DayChange(date=date_message(news.day), resource=news.resource)
