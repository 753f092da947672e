"""AvailabilityService."""

from __future__ import annotations

from fieldwork.v1 import availability_pb2 as pb
from fieldwork.v1.availability_pb2_grpc import AvailabilityServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Availability
from server.rpc.call import caller_of, write
from server.rpc.convert.availability import absence_message, new_absence, outcome_message, repair_message
from server.rpc.convert.names import code


class AvailabilityServicer(AvailabilityServiceServicer):
    """Absences and repairs."""

    def __init__(self, availability: Availability) -> None:
        self._availability = availability

    def CreateAbsence(self, request: pb.CreateAbsenceRequest, context: ServicerContext) -> pb.CreateAbsenceResponse:
        return write(
            context,
            request,
            pb.CreateAbsenceResponse,
            lambda key: self._availability.create_absence(key, new_absence(request.absence)),
            outcome_message,
        )

    def DeleteAbsence(self, request: pb.DeleteAbsenceRequest, context: ServicerContext) -> pb.DeleteAbsenceResponse:
        return write(
            context,
            request,
            pb.DeleteAbsenceResponse,
            lambda key: self._availability.delete_absence(key, request.name),
            lambda _: pb.DeleteAbsenceResponse(),
        )

    def ListAbsences(self, request: pb.ListAbsencesRequest, context: ServicerContext) -> pb.ListAbsencesResponse:
        page = Page(request.page_size, request.page_token)
        found = self._availability.list_absences(caller_of(context), code(request.officer), page)
        return pb.ListAbsencesResponse(absences=map(absence_message, found.items), next_page_token=found.next_token)

    def ListRepairs(self, request: pb.ListRepairsRequest, context: ServicerContext) -> pb.ListRepairsResponse:
        page = Page(request.page_size, request.page_token)
        found = self._availability.list_repairs(caller_of(context), page, request.show_resolved)
        return pb.ListRepairsResponse(repairs=map(repair_message, found.items), next_page_token=found.next_token)

    def ResolveRepair(self, request: pb.ResolveRepairRequest, context: ServicerContext) -> pb.Repair:
        return write(
            context,
            request,
            pb.Repair,
            lambda key: self._availability.resolve(key, request.name, request.resolution),
            repair_message,
        )
