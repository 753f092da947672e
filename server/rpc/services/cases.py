"""CaseService."""

from __future__ import annotations

from fieldwork.v1 import cases_pb2 as pb
from fieldwork.v1.cases_pb2_grpc import CaseServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Cases
from server.rpc.call import caller_of, write
from server.rpc.convert.cases import case, case_filter, case_message


class CaseServicer(CaseServiceServicer):
    """What case systems tell us."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    def UpsertCase(self, request: pb.UpsertCaseRequest, context: ServicerContext) -> pb.Case:
        return write(
            context,
            request,
            pb.Case,
            lambda key: self._cases.upsert(key, case(request.case), request.case.etag),
            case_message,
        )

    def GetCase(self, request: pb.GetCaseRequest, context: ServicerContext) -> pb.Case:
        return case_message(self._cases.get(caller_of(context), request.name))

    def ListCases(self, request: pb.ListCasesRequest, context: ServicerContext) -> pb.ListCasesResponse:
        found = self._cases.list(caller_of(context), Page(request.page_size, request.page_token), case_filter(request))
        return pb.ListCasesResponse(cases=map(case_message, found.items), next_page_token=found.next_token)
