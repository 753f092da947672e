"""PlanningService."""

from __future__ import annotations

from fieldwork.v1 import planning_pb2 as pb
from fieldwork.v1.planning_pb2_grpc import PlanningServiceServicer
from google.longrunning import operations_pb2
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Planning
from server.rpc.call import caller_of, write
from server.rpc.convert.names import code
from server.rpc.convert.plans import full_plan_message, operation_message, plan_message, published_message, run_plan


class PlanningServicer(PlanningServiceServicer):
    """Plans: run, check, publish."""

    def __init__(self, planning: Planning) -> None:
        self._planning = planning

    def RunPlan(self, request: pb.RunPlanRequest, context: ServicerContext) -> operations_pb2.Operation:
        return write(
            context,
            request,
            operations_pb2.Operation,
            lambda key: self._planning.run(key, run_plan(request)),
            operation_message,
        )

    def GetPlan(self, request: pb.GetPlanRequest, context: ServicerContext) -> pb.Plan:
        caller = caller_of(context)
        return full_plan_message(self._planning.get(caller, request.name), caller)

    def ListPlans(self, request: pb.ListPlansRequest, context: ServicerContext) -> pb.ListPlansResponse:
        page = Page(request.page_size, request.page_token)
        found = self._planning.list(caller_of(context), page, code(request.team))
        return pb.ListPlansResponse(plans=map(plan_message, found.items), next_page_token=found.next_token)

    def CheckPlan(self, request: pb.CheckPlanRequest, context: ServicerContext) -> pb.Plan:
        caller = caller_of(context)
        return full_plan_message(self._planning.check(caller, request.name), caller)

    def PublishPlan(self, request: pb.PublishPlanRequest, context: ServicerContext) -> pb.PublishPlanResponse:
        return write(
            context,
            request,
            pb.PublishPlanResponse,
            lambda key: self._planning.publish(key, request.name, request.etag),
            published_message,
        )

    def DiscardPlan(self, request: pb.DiscardPlanRequest, context: ServicerContext) -> pb.Plan:
        return write(context, request, pb.Plan, lambda key: self._planning.discard(key, request.name), plan_message)
