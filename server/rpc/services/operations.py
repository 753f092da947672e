"""google.longrunning.Operations: runs of the planner."""

from __future__ import annotations

from typing import Any

from google.longrunning import operations_pb2 as pb
from google.longrunning.operations_pb2_grpc import OperationsServicer
from google.protobuf.empty_pb2 import Empty
from grpc import ServicerContext

from server.domain.caller import Caller
from server.domain.errors import InvalidField
from server.domain.operation import Operation
from server.domain.paging import Page
from server.rpc.application import Operations, Planning
from server.rpc.call import call_of, caller_of
from server.rpc.convert.names import identified
from server.rpc.convert.plans import full_plan_message, operation_message
from server.rpc.errors import no_such_rpc


class PlannerOperations(OperationsServicer):  # type: ignore[misc]  # the base class has no types
    """Runs of the planner. One that ended well answers with its plan; in lists, with the plan's name."""

    def __init__(self, operations: Operations, planning: Planning) -> None:
        self._operations = operations
        self._planning = planning

    def GetOperation(self, request: pb.GetOperationRequest, context: ServicerContext) -> pb.Operation:
        caller = caller_of(context)
        return self._with_plan(self._operations.get(caller, request.name), caller)

    def _with_plan(self, operation: Operation, caller: Caller) -> pb.Operation:
        if not operation.plan:
            return operation_message(operation)
        view = self._planning.get(caller, identified("plans", operation.plan))
        return operation_message(operation, full_plan_message(view, caller))

    def ListOperations(self, request: pb.ListOperationsRequest, context: ServicerContext) -> pb.ListOperationsResponse:
        if request.page_size < 0:
            raise InvalidField.of("page_size", f"{request.page_size} is negative: give 0 for the default, or more")
        if request.filter:
            raise InvalidField.of("filter", "is not supported: leave it empty")
        found = self._operations.list(caller_of(context), Page(request.page_size, request.page_token))
        return pb.ListOperationsResponse(
            operations=[operation_message(one) for one in found.items], next_page_token=found.next_token
        )

    def CancelOperation(self, request: pb.CancelOperationRequest, context: ServicerContext) -> Empty:
        self._operations.cancel(caller_of(context), request.name)
        return Empty()

    def DeleteOperation(self, _request: Any, context: ServicerContext) -> Empty:
        raise no_such_rpc(call_of(context).method)

    def WaitOperation(self, _request: Any, context: ServicerContext) -> pb.Operation:
        raise no_such_rpc(call_of(context).method)
