"""LifeCycleService."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fieldwork.v1 import bookings_pb2, visits_pb2
from fieldwork.v1 import life_cycle_pb2 as pb
from fieldwork.v1.life_cycle_pb2_grpc import LifeCycleServiceServicer
from grpc import ServicerContext

from server.domain import deeds
from server.domain.booking import BookingState, BookingView
from server.domain.caller import Request
from server.domain.commands import Correction
from server.domain.outcome import Party
from server.domain.paging import Page
from server.domain.visit import VisitView
from server.rpc.application import Bookings, Reasons
from server.rpc.call import caller_of, write
from server.rpc.convert import outcomes
from server.rpc.convert.bookings import booking_message
from server.rpc.convert.names import code
from server.rpc.convert.times import instant
from server.rpc.convert.visits import visit_message


class LifeCycleServicer(LifeCycleServiceServicer):
    """What happens to a promise."""

    def __init__(self, bookings: Bookings, reasons: Reasons) -> None:
        self._bookings = bookings
        self._reasons = reasons

    def StartBooking(self, request: pb.StartBookingRequest, context: ServicerContext) -> bookings_pb2.Booking:
        deed = deeds.start(_told(request, "start_time"))
        return self._write(context, request, lambda key: self._bookings.carry_out(key, request.name, request.etag, deed))

    def CompleteBooking(self, request: pb.CompleteBookingRequest, context: ServicerContext) -> bookings_pb2.Booking:
        deed = deeds.complete(_told(request, "end_time"), outcomes.outcome(request.outcome))
        return self._write(context, request, lambda key: self._bookings.carry_out(key, request.name, request.etag, deed))

    def MarkNoShow(self, request: pb.MarkNoShowRequest, context: ServicerContext) -> bookings_pb2.Booking:
        deed = _no_show(request)
        return self._write(context, request, lambda key: self._bookings.carry_out(key, request.name, request.etag, deed))

    def StartVisit(self, request: pb.StartVisitRequest, context: ServicerContext) -> visits_pb2.Visit:
        return self._write_visit(context, request, deeds.start(_told(request, "start_time")))

    def CompleteVisit(self, request: pb.CompleteVisitRequest, context: ServicerContext) -> visits_pb2.Visit:
        deed = deeds.complete(_told(request, "end_time"), outcomes.outcome(request.outcome))
        return self._write_visit(context, request, deed)

    def MarkNoAccess(self, request: pb.MarkNoAccessRequest, context: ServicerContext) -> visits_pb2.Visit:
        return self._write_visit(context, request, _no_show(request))

    def CorrectOutcome(self, request: pb.CorrectOutcomeRequest, context: ServicerContext) -> bookings_pb2.Booking:
        right = Correction(
            state=BookingState(bookings_pb2.Booking.State.Name(request.state).removeprefix("STATE_")),
            reason=request.reason,
            party=outcomes.party(request.party),
            cancel_reason=request.cancel_reason,
            outcome=outcomes.outcome(request.outcome) if request.HasField("outcome") else None,
        )
        return self._write(
            context, request, lambda key: self._bookings.correct_outcome(key, request.name, right, request.etag)
        )

    def DeclineBooking(self, request: pb.DeclineBookingRequest, context: ServicerContext) -> bookings_pb2.Booking:
        return self._write(context, request, lambda key: self._bookings.decline(key, request.name, request.etag))

    def ReassignBooking(self, request: pb.ReassignBookingRequest, context: ServicerContext) -> bookings_pb2.Booking:
        taker, giver = code(request.officer), code(request.from_officer)
        return self._write(
            context, request, lambda key: self._bookings.reassign(key, request.name, taker, giver, request.etag)
        )

    def RequestChange(self, request: pb.RequestChangeRequest, context: ServicerContext) -> bookings_pb2.Booking:
        wanted, start = outcomes.change_wanted(request.wanted), _told(request, "start_time")
        return self._write(
            context, request, lambda key: self._bookings.request_change(key, request.name, wanted, start, request.etag)
        )

    def ApproveChange(self, request: pb.ApproveChangeRequest, context: ServicerContext) -> bookings_pb2.Booking:
        return self._write(context, request, lambda key: self._bookings.approve_change(key, request.name, request.etag))

    def RejectChange(self, request: pb.RejectChangeRequest, context: ServicerContext) -> bookings_pb2.Booking:
        return self._write(context, request, lambda key: self._bookings.reject_change(key, request.name, request.etag))

    def SetAttendance(self, request: pb.SetAttendanceRequest, context: ServicerContext) -> bookings_pb2.Booking:
        known = outcomes.attendance(request.attendance)
        return self._write(context, request, lambda key: self._bookings.set_attendance(key, request.name, known))

    def SetDispatch(self, request: pb.SetDispatchRequest, context: ServicerContext) -> bookings_pb2.Booking:
        known = outcomes.dispatch(request.dispatch)
        return self._write(context, request, lambda key: self._bookings.set_dispatch(key, request.name, known))

    def UpsertCancelReason(self, request: pb.UpsertCancelReasonRequest, context: ServicerContext) -> pb.CancelReason:
        known = outcomes.reason(request.cancel_reason)
        return write(
            context, request, pb.CancelReason, lambda key: self._reasons.upsert(key, known), outcomes.reason_message
        )

    def ListCancelReasons(
        self, request: pb.ListCancelReasonsRequest, context: ServicerContext
    ) -> pb.ListCancelReasonsResponse:
        page = Page(request.page_size, request.page_token)
        found = self._reasons.list(caller_of(context), page, request.show_retired)
        return pb.ListCancelReasonsResponse(
            cancel_reasons=map(outcomes.reason_message, found.items), next_page_token=found.next_token
        )

    def ListStatuses(self, _request: pb.ListStatusesRequest, _context: ServicerContext) -> pb.ListStatusesResponse:
        return outcomes.statuses_message()

    def _write(self, context: ServicerContext, request: Any, act: Callable[[Request], BookingView]) -> bookings_pb2.Booking:
        caller = caller_of(context)
        return write(context, request, bookings_pb2.Booking, act, lambda view: booking_message(view, caller))

    def _write_visit(self, context: ServicerContext, request: Any, deed: deeds.Deed) -> visits_pb2.Visit:
        caller = caller_of(context)

        def act(key: Request) -> VisitView:
            return self._bookings.carry_out_visit(key, request.name, request.etag, deed)

        return write(context, request, visits_pb2.Visit, act, lambda view: visit_message(view, caller))


def _told(request: Any, field: str) -> datetime | None:
    return instant(getattr(request, field)) if request.HasField(field) else None


def _no_show(request: pb.MarkNoShowRequest | pb.MarkNoAccessRequest) -> deeds.Deed:
    who = outcomes.party(request.party) or Party.NO_ACCESS
    return deeds.no_show(_told(request, "end_time"), outcomes.outcome(request.outcome), who)
