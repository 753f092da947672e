"""PlaceService."""

from __future__ import annotations

from fieldwork.v1 import places_pb2 as pb
from fieldwork.v1.places_pb2_grpc import PlaceServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Places
from server.rpc.call import caller_of, write
from server.rpc.convert.names import number
from server.rpc.convert.places import near_of, patch_message, premises, premises_message


class PlaceServicer(PlaceServiceServicer):
    """Premises and patches."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def UpsertPremises(self, request: pb.UpsertPremisesRequest, context: ServicerContext) -> pb.Premises:
        caller = caller_of(context)
        return write(
            context,
            request,
            pb.Premises,
            lambda key: self._places.upsert(key, premises(request.premises)),
            lambda result: premises_message(result, caller),
        )

    def GetPremises(self, request: pb.GetPremisesRequest, context: ServicerContext) -> pb.Premises:
        caller = caller_of(context)
        return premises_message(self._places.get(caller, number(request.name)), caller)

    def ListPremises(self, request: pb.ListPremisesRequest, context: ServicerContext) -> pb.ListPremisesResponse:
        caller = caller_of(context)
        page = Page(request.page_size, request.page_token)
        found = self._places.list(caller, page, request.query, near_of(request))
        return pb.ListPremisesResponse(
            premises=[premises_message(one, caller) for one in found.items], next_page_token=found.next_token
        )

    def ListPatches(self, request: pb.ListPatchesRequest, context: ServicerContext) -> pb.ListPatchesResponse:
        found = self._places.patches(caller_of(context), Page(request.page_size, request.page_token))
        return pb.ListPatchesResponse(patches=map(patch_message, found.items), next_page_token=found.next_token)
