"""WaitingListService."""

from __future__ import annotations

from fieldwork.v1 import bookings_pb2
from fieldwork.v1 import waiting_pb2 as pb
from fieldwork.v1.waiting_pb2_grpc import WaitingListServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Waiting
from server.rpc.call import caller_of, write
from server.rpc.convert.bookings import booking_message
from server.rpc.convert.waiting import entry_filter, entry_message, new_entry


class WaitingListServicer(WaitingListServiceServicer):
    """Who waits for a time."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def JoinWaitingList(self, request: pb.JoinWaitingListRequest, context: ServicerContext) -> pb.WaitingEntry:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.WaitingEntry,
            lambda key: self._waiting.join(key, new_entry(request.waiting_entry)),
            lambda view: entry_message(view, caller),
        )

    def GetWaitingEntry(self, request: pb.GetWaitingEntryRequest, context: ServicerContext) -> pb.WaitingEntry:
        caller = caller_of(context)
        return entry_message(self._waiting.get(caller, request.name), caller)

    def ListWaitingEntries(
        self, request: pb.ListWaitingEntriesRequest, context: ServicerContext
    ) -> pb.ListWaitingEntriesResponse:
        caller = caller_of(context)
        found = self._waiting.list(caller, Page(request.page_size, request.page_token), entry_filter(request))
        return pb.ListWaitingEntriesResponse(
            waiting_entries=[entry_message(view, caller) for view in found.items], next_page_token=found.next_token
        )

    def LeaveWaitingList(self, request: pb.LeaveWaitingListRequest, context: ServicerContext) -> pb.WaitingEntry:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.WaitingEntry,
            lambda key: self._waiting.leave(key, request.name, request.etag),
            lambda view: entry_message(view, caller),
        )

    def AcceptOffer(self, request: pb.AcceptOfferRequest, context: ServicerContext) -> bookings_pb2.Booking:
        caller = caller_of(context)
        return write(
            context,
            request,
            bookings_pb2.Booking,
            lambda key: self._waiting.accept(key, request.name),
            lambda view: booking_message(view, caller),
        )
