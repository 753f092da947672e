"""BookingService."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldwork.v1 import bookings_pb2 as pb
from fieldwork.v1.bookings_pb2_grpc import BookingServiceServicer
from grpc import ServicerContext

from server.domain.booking import BookingView
from server.domain.caller import Request
from server.domain.paging import Page
from server.rpc.application import Bookings, Holds, Slots
from server.rpc.call import caller_of, write
from server.rpc.convert.bookings import (
    booking_filter,
    booking_message,
    changes,
    event_message,
    message_message,
    new_booking,
)
from server.rpc.convert.explaining import explanation_message
from server.rpc.convert.names import code
from server.rpc.convert.slots import answer_message, hold_message, slot_choice, slot_query
from server.rpc.convert.times import instant


class BookingServicer(BookingServiceServicer):
    """Slots, holds, bookings."""

    def __init__(self, slots: Slots, holds: Holds, bookings: Bookings) -> None:
        self._slots = slots
        self._holds = holds
        self._bookings = bookings

    def SearchSlots(self, request: pb.SearchSlotsRequest, context: ServicerContext) -> pb.SearchSlotsResponse:
        caller = caller_of(context)
        return answer_message(self._slots.answer(caller, slot_query(request)), caller)

    def ExplainSlot(self, request: pb.ExplainSlotRequest, context: ServicerContext) -> pb.ExplainSlotResponse:
        return explanation_message(self._slots.explain(caller_of(context), slot_choice(request.slot), request.page_size))

    def CreateHold(self, request: pb.CreateHoldRequest, context: ServicerContext) -> pb.Hold:
        return write(
            context,
            request,
            pb.Hold,
            lambda key: self._holds.create(key, slot_choice(request.slot), request.ttl_seconds),
            hold_message,
        )

    def ReleaseHold(self, request: pb.ReleaseHoldRequest, context: ServicerContext) -> pb.ReleaseHoldResponse:
        return write(
            context,
            request,
            pb.ReleaseHoldResponse,
            lambda key: self._holds.release(key, request.name),
            lambda _: pb.ReleaseHoldResponse(),
        )

    def CreateBooking(self, request: pb.CreateBookingRequest, context: ServicerContext) -> pb.Booking:
        return self._write(context, request, lambda key: self._bookings.create(key, new_booking(request)))

    def BatchCreateBookings(
        self, request: pb.BatchCreateBookingsRequest, context: ServicerContext
    ) -> pb.BatchCreateBookingsResponse:
        caller, batch = caller_of(context), [new_booking(one) for one in request.requests]
        return write(
            context,
            request,
            pb.BatchCreateBookingsResponse,
            lambda key: self._bookings.create_batch(key, batch),
            lambda views: pb.BatchCreateBookingsResponse(bookings=[booking_message(view, caller) for view in views]),
        )

    def GetBooking(self, request: pb.GetBookingRequest, context: ServicerContext) -> pb.Booking:
        caller = caller_of(context)
        return booking_message(self._bookings.get(caller, request.name), caller)

    def ListBookings(self, request: pb.ListBookingsRequest, context: ServicerContext) -> pb.ListBookingsResponse:
        caller = caller_of(context)
        page = Page(request.page_size, request.page_token)
        found = self._bookings.list(caller, page, booking_filter(request))
        return pb.ListBookingsResponse(
            bookings=[booking_message(view, caller) for view in found.items], next_page_token=found.next_token
        )

    def UpdateBooking(self, request: pb.UpdateBookingRequest, context: ServicerContext) -> pb.Booking:
        return self._write(
            context,
            request,
            lambda key: self._bookings.update(key, request.booking.name, request.booking.etag, changes(request)),
        )

    def ApproveBooking(self, request: pb.ApproveBookingRequest, context: ServicerContext) -> pb.Booking:
        return self._write(context, request, lambda key: self._bookings.approve(key, request.name, request.etag))

    def CancelBooking(self, request: pb.CancelBookingRequest, context: ServicerContext) -> pb.Booking:
        return self._write(
            context, request, lambda key: self._bookings.cancel(key, request.name, request.reason, request.etag)
        )

    def RescheduleBooking(self, request: pb.RescheduleBookingRequest, context: ServicerContext) -> pb.Booking:
        start, officer = instant(request.start_time), code(request.officer)
        return self._write(
            context, request, lambda key: self._bookings.reschedule(key, request.name, start, officer, request.etag)
        )

    def ListBookingEvents(
        self, request: pb.ListBookingEventsRequest, context: ServicerContext
    ) -> pb.ListBookingEventsResponse:
        page = Page(request.page_size, request.page_token)
        found = self._bookings.events(caller_of(context), request.parent, page)
        return pb.ListBookingEventsResponse(booking_events=map(event_message, found.items), next_page_token=found.next_token)

    def ListMessages(self, request: pb.ListMessagesRequest, context: ServicerContext) -> pb.ListMessagesResponse:
        page = Page(request.page_size, request.page_token)
        found = self._bookings.messages(caller_of(context), request.parent, page)
        return pb.ListMessagesResponse(messages=map(message_message, found.items), next_page_token=found.next_token)

    def _write(self, context: ServicerContext, request: Any, act: Callable[[Request], BookingView]) -> pb.Booking:
        caller = caller_of(context)
        return write(context, request, pb.Booking, act, lambda view: booking_message(view, caller))
