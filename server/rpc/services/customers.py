"""CustomerService."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldwork.v1 import customers_pb2 as pb
from fieldwork.v1.customers_pb2_grpc import CustomerServiceServicer
from grpc import ServicerContext

from server.domain.caller import Request
from server.domain.customer import CustomerRecord
from server.domain.paging import Page
from server.rpc.application import AccessNeeds, CustomerExports, Customers
from server.rpc.call import caller_of, write
from server.rpc.convert.access_needs import need, need_message
from server.rpc.convert.customers import (
    customer_filter,
    entry_message,
    export_message,
    fields_of,
    record,
    record_message,
)


class CustomerServicer(CustomerServiceServicer):
    """Customers and what they need."""

    def __init__(self, customers: Customers, exports: CustomerExports, needs: AccessNeeds) -> None:
        self._customers = customers
        self._exports = exports
        self._needs = needs

    def UpsertCustomer(self, request: pb.UpsertCustomerRequest, context: ServicerContext) -> pb.CustomerRecord:
        said = request.customer
        fields = fields_of(request)
        return self._write(
            context, request, lambda key: self._customers.upsert(key, said.name, said.etag, record(said), fields)
        )

    def GetCustomer(self, request: pb.GetCustomerRequest, context: ServicerContext) -> pb.CustomerRecord:
        caller = caller_of(context)
        return record_message(self._customers.get(caller, request.name), caller)

    def ListCustomers(self, request: pb.ListCustomersRequest, context: ServicerContext) -> pb.ListCustomersResponse:
        caller = caller_of(context)
        found = self._customers.list(caller, Page(request.page_size, request.page_token), customer_filter(request))
        return pb.ListCustomersResponse(
            customers=[record_message(one, caller) for one in found.items], next_page_token=found.next_token
        )

    def MergeCustomers(self, request: pb.MergeCustomersRequest, context: ServicerContext) -> pb.CustomerRecord:
        etags = request.winner_etag, request.loser_etag
        return self._write(context, request, lambda key: self._customers.merge(key, request.winner, request.loser, *etags))

    def ListCustomerHistory(
        self, request: pb.ListCustomerHistoryRequest, context: ServicerContext
    ) -> pb.ListCustomerHistoryResponse:
        page = Page(request.page_size, request.page_token)
        found = self._customers.history(caller_of(context), request.parent, page)
        return pb.ListCustomerHistoryResponse(entries=map(entry_message, found.items), next_page_token=found.next_token)

    def ExportCustomer(self, request: pb.ExportCustomerRequest, context: ServicerContext) -> pb.ExportCustomerResponse:
        caller = caller_of(context)
        page = Page(request.page_size, request.page_token)
        return export_message(self._exports.export(caller, request.name, page), caller)

    def UpsertAccessNeed(self, request: pb.UpsertAccessNeedRequest, context: ServicerContext) -> pb.AccessNeed:
        return write(
            context, request, pb.AccessNeed, lambda key: self._needs.upsert(key, need(request.access_need)), need_message
        )

    def ListAccessNeeds(self, request: pb.ListAccessNeedsRequest, context: ServicerContext) -> pb.ListAccessNeedsResponse:
        found = self._needs.list(caller_of(context), Page(request.page_size, request.page_token))
        return pb.ListAccessNeedsResponse(access_needs=map(need_message, found.items), next_page_token=found.next_token)

    def _write(self, context: ServicerContext, request: Any, act: Callable[[Request], CustomerRecord]) -> pb.CustomerRecord:
        caller = caller_of(context)
        return write(context, request, pb.CustomerRecord, act, lambda one: record_message(one, caller))
