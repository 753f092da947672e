"""VisitService."""

from __future__ import annotations

from collections.abc import Sequence

from fieldwork.v1 import visits_pb2 as pb
from fieldwork.v1.visits_pb2_grpc import VisitServiceServicer
from grpc import ServicerContext

from server.domain.caller import Request
from server.domain.commands import NewVisit
from server.domain.errors import DomainError, Violation
from server.domain.paging import Page
from server.domain.visit import VisitView
from server.rpc.application import Emergencies, Priorities, Visits
from server.rpc.call import caller_of, write
from server.rpc.convert.emergencies import emergency_message, matrix, matrix_message, new_emergency
from server.rpc.convert.visits import new_visit, visit_filter, visit_message


class VisitServicer(VisitServiceServicer):
    """Field demand."""

    def __init__(self, visits: Visits, emergencies: Emergencies, priorities: Priorities) -> None:
        self._visits = visits
        self._emergencies = emergencies
        self._priorities = priorities

    def CreateVisit(self, request: pb.CreateVisitRequest, context: ServicerContext) -> pb.Visit:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.Visit,
            lambda key: self._create_one(key, new_visit(request.visit)),
            lambda result: visit_message(result[0], caller),
        )

    def _create_one(self, key: Request, visit: NewVisit) -> Sequence[VisitView]:
        """Record one visit; a refusal names its fields as the request of one visit does."""
        try:
            return self._visits.create(key, [visit])
        except DomainError as refusal:
            refusal.message = refusal.message.replace("visits[0].", "visit.")
            refusal.violations = tuple(
                Violation(one.field.replace("visits[0].", "visit."), one.description) for one in refusal.violations
            )
            raise

    def BatchCreateVisits(
        self, request: pb.BatchCreateVisitsRequest, context: ServicerContext
    ) -> pb.BatchCreateVisitsResponse:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.BatchCreateVisitsResponse,
            lambda key: self._visits.create(key, [new_visit(visit) for visit in request.visits]),
            lambda result: pb.BatchCreateVisitsResponse(visits=[visit_message(view, caller) for view in result]),
        )

    def GetVisit(self, request: pb.GetVisitRequest, context: ServicerContext) -> pb.Visit:
        caller = caller_of(context)
        return visit_message(self._visits.get(caller, request.name), caller)

    def ListVisits(self, request: pb.ListVisitsRequest, context: ServicerContext) -> pb.ListVisitsResponse:
        caller = caller_of(context)
        page = Page(request.page_size, request.page_token)
        found = self._visits.list(caller, page, visit_filter(request))
        return pb.ListVisitsResponse(
            visits=[visit_message(view, caller) for view in found.items], next_page_token=found.next_token
        )

    def CreateEmergencyVisit(
        self, request: pb.CreateEmergencyVisitRequest, context: ServicerContext
    ) -> pb.CreateEmergencyVisitResponse:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.CreateEmergencyVisitResponse,
            lambda key: self._emergencies.create(key, new_emergency(request)),
            lambda done: emergency_message(done, caller),
        )

    def GetPriorityMatrix(self, _request: pb.GetPriorityMatrixRequest, context: ServicerContext) -> pb.PriorityMatrix:
        return matrix_message(self._priorities.get(caller_of(context)))

    def UpsertPriorityMatrix(self, request: pb.UpsertPriorityMatrixRequest, context: ServicerContext) -> pb.PriorityMatrix:
        return write(
            context,
            request,
            pb.PriorityMatrix,
            lambda key: self._priorities.replace(key, matrix(request.matrix)),
            matrix_message,
        )

    def WithdrawVisit(self, request: pb.WithdrawVisitRequest, context: ServicerContext) -> pb.Visit:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.Visit,
            lambda key: self._visits.withdraw(key, request.name, request.etag),
            lambda view: visit_message(view, caller),
        )
