"""AuditService."""

from __future__ import annotations

from fieldwork.v1 import audit_pb2 as pb
from fieldwork.v1.audit_pb2_grpc import AuditServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Auditing
from server.rpc.call import caller_of
from server.rpc.convert.audit import audit_entry, audit_filter


class AuditServicer(AuditServiceServicer):
    """Who used a privilege, when, on what."""

    def __init__(self, auditing: Auditing) -> None:
        self._auditing = auditing

    def ListAudit(self, request: pb.ListAuditRequest, context: ServicerContext) -> pb.ListAuditResponse:
        page = Page(request.page_size, request.page_token)
        found = self._auditing.list(caller_of(context), page, audit_filter(request))
        return pb.ListAuditResponse(entries=map(audit_entry, found.items), next_page_token=found.next_token)
