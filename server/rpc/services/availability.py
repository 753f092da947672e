"""AvailabilityService."""

from __future__ import annotations

from fieldwork.v1 import availability_pb2 as pb
from fieldwork.v1 import facts_pb2, opening_pb2
from fieldwork.v1.availability_pb2_grpc import AvailabilityServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Availability, Facts, Opening, Repairs
from server.rpc.call import caller_of, write
from server.rpc.convert.availability import absence_message, new_absence, outcome_message, repair_message
from server.rpc.convert.facts import fact, fact_message, optional_kind
from server.rpc.convert.facts import outcome_message as fact_outcome_message
from server.rpc.convert.names import code
from server.rpc.convert.opening import change, holiday_message, optional_subject, rule, rule_message


class AvailabilityServicer(AvailabilityServiceServicer):
    """Opening rules, facts and repairs."""

    def __init__(self, availability: Availability, opening: Opening, facts: Facts, repairs: Repairs) -> None:
        self._availability = availability
        self._opening = opening
        self._facts = facts
        self._repairs = repairs

    def CreateAvailabilityRule(
        self, request: opening_pb2.CreateAvailabilityRuleRequest, context: ServicerContext
    ) -> opening_pb2.AvailabilityRule:
        return write(
            context,
            request,
            opening_pb2.AvailabilityRule,
            lambda key: self._opening.create(key, rule(request.availability_rule)),
            rule_message,
        )

    def GetAvailabilityRule(
        self, request: opening_pb2.GetAvailabilityRuleRequest, context: ServicerContext
    ) -> opening_pb2.AvailabilityRule:
        return rule_message(self._opening.get(caller_of(context), request.name))

    def ListAvailabilityRules(
        self, request: opening_pb2.ListAvailabilityRulesRequest, context: ServicerContext
    ) -> opening_pb2.ListAvailabilityRulesResponse:
        page = Page(request.page_size, request.page_token)
        found = self._opening.list(caller_of(context), page, optional_subject(request.subject))
        return opening_pb2.ListAvailabilityRulesResponse(
            availability_rules=map(rule_message, found.items), next_page_token=found.next_token
        )

    def UpdateAvailabilityRule(
        self, request: opening_pb2.UpdateAvailabilityRuleRequest, context: ServicerContext
    ) -> opening_pb2.AvailabilityRule:
        known = request.availability_rule
        return write(
            context,
            request,
            opening_pb2.AvailabilityRule,
            lambda key: self._opening.update(key, known.name, known.etag, change(request)),
            rule_message,
        )

    def DeleteAvailabilityRule(
        self, request: opening_pb2.DeleteAvailabilityRuleRequest, context: ServicerContext
    ) -> opening_pb2.DeleteAvailabilityRuleResponse:
        return write(
            context,
            request,
            opening_pb2.DeleteAvailabilityRuleResponse,
            lambda key: self._opening.delete(key, request.name, request.etag),
            lambda _: opening_pb2.DeleteAvailabilityRuleResponse(),
        )

    def ListHolidays(
        self, request: opening_pb2.ListHolidaysRequest, context: ServicerContext
    ) -> opening_pb2.ListHolidaysResponse:
        found = self._opening.holidays(caller_of(context), request.year)
        return opening_pb2.ListHolidaysResponse(holidays=[holiday_message(*one) for one in found.items()])

    def UpsertFact(self, request: facts_pb2.UpsertFactRequest, context: ServicerContext) -> pb.UpsertFactResponse:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.UpsertFactResponse,
            lambda key: self._facts.upsert(key, fact(request.fact)),
            lambda outcome: fact_outcome_message(outcome, caller),
        )

    def GetFact(self, request: facts_pb2.GetFactRequest, context: ServicerContext) -> facts_pb2.Fact:
        return fact_message(self._facts.get(caller_of(context), request.name))

    def ListFacts(self, request: facts_pb2.ListFactsRequest, context: ServicerContext) -> facts_pb2.ListFactsResponse:
        page = Page(request.page_size, request.page_token)
        about, kind = optional_subject(request.subject), optional_kind(request.kind)
        found = self._facts.list(caller_of(context), page, about, kind)
        return facts_pb2.ListFactsResponse(facts=map(fact_message, found.items), next_page_token=found.next_token)

    def DeleteFact(self, request: facts_pb2.DeleteFactRequest, context: ServicerContext) -> facts_pb2.DeleteFactResponse:
        return write(
            context,
            request,
            facts_pb2.DeleteFactResponse,
            lambda key: self._facts.delete(key, request.name, request.etag),
            lambda _: facts_pb2.DeleteFactResponse(),
        )

    def GetRepair(self, request: pb.GetRepairRequest, context: ServicerContext) -> pb.Repair:
        found = self._repairs.get(caller_of(context), request.name)
        return repair_message(found.repair, found.alternatives)

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
