"""CatalogueService."""

from __future__ import annotations

from fieldwork.v1 import catalogue_pb2 as pb
from fieldwork.v1.catalogue_pb2_grpc import CatalogueServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Catalogue
from server.rpc.call import caller_of, write
from server.rpc.convert.catalogue import service, service_message, skill, skill_message
from server.rpc.convert.names import code


class CatalogueServicer(CatalogueServiceServicer):
    """Services."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def UpsertService(self, request: pb.UpsertServiceRequest, context: ServicerContext) -> pb.Service:
        return write(
            context,
            request,
            pb.Service,
            lambda key: self._catalogue.upsert(key, service(request.service)),
            service_message,
        )

    def UpsertSkill(self, request: pb.UpsertSkillRequest, context: ServicerContext) -> pb.Skill:
        new = skill(request.skill)
        return write(context, request, pb.Skill, lambda key: self._catalogue.upsert_skill(key, new), skill_message)

    def ListSkills(self, request: pb.ListSkillsRequest, context: ServicerContext) -> pb.ListSkillsResponse:
        found = self._catalogue.skills(caller_of(context), Page(request.page_size, request.page_token))
        return pb.ListSkillsResponse(skills=map(skill_message, found.items), next_page_token=found.next_token)

    def GetService(self, request: pb.GetServiceRequest, context: ServicerContext) -> pb.Service:
        return service_message(self._catalogue.get(caller_of(context), code(request.name)))

    def ListServices(self, request: pb.ListServicesRequest, context: ServicerContext) -> pb.ListServicesResponse:
        found = self._catalogue.list(caller_of(context), Page(request.page_size, request.page_token))
        return pb.ListServicesResponse(services=map(service_message, found.items), next_page_token=found.next_token)
