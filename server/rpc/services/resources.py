"""ResourceService."""

from __future__ import annotations

from fieldwork.v1 import resources_pb2 as pb
from fieldwork.v1.resources_pb2_grpc import ResourceServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Resources
from server.rpc.call import caller_of, write
from server.rpc.convert.names import code
from server.rpc.convert.resources import location, location_message, resource, resource_message


class ResourceServicer(ResourceServiceServicer):
    """Locations, rooms and equipment."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def UpsertLocation(self, request: pb.UpsertLocationRequest, context: ServicerContext) -> pb.Location:
        return write(
            context,
            request,
            pb.Location,
            lambda key: self._resources.upsert_location(key, location(request.location)),
            location_message,
        )

    def GetLocation(self, request: pb.GetLocationRequest, context: ServicerContext) -> pb.Location:
        return location_message(self._resources.get_location(caller_of(context), code(request.name)))

    def ListLocations(self, request: pb.ListLocationsRequest, context: ServicerContext) -> pb.ListLocationsResponse:
        page = Page(request.page_size, request.page_token)
        found = self._resources.list_locations(caller_of(context), page, code(request.service))
        return pb.ListLocationsResponse(locations=map(location_message, found.items), next_page_token=found.next_token)

    def DeleteLocation(self, request: pb.DeleteLocationRequest, context: ServicerContext) -> pb.DeleteLocationResponse:
        return write(
            context,
            request,
            pb.DeleteLocationResponse,
            lambda key: self._resources.delete_location(key, code(request.name)),
            lambda _: pb.DeleteLocationResponse(),
        )

    def UpsertResource(self, request: pb.UpsertResourceRequest, context: ServicerContext) -> pb.Resource:
        return write(
            context,
            request,
            pb.Resource,
            lambda key: self._resources.upsert(key, resource(request.resource)),
            resource_message,
        )

    def GetResource(self, request: pb.GetResourceRequest, context: ServicerContext) -> pb.Resource:
        return resource_message(self._resources.get(caller_of(context), code(request.name)))

    def ListResources(self, request: pb.ListResourcesRequest, context: ServicerContext) -> pb.ListResourcesResponse:
        page = Page(request.page_size, request.page_token)
        found = self._resources.list(caller_of(context), page, code(request.location), request.category)
        return pb.ListResourcesResponse(resources=map(resource_message, found.items), next_page_token=found.next_token)

    def DeleteResource(self, request: pb.DeleteResourceRequest, context: ServicerContext) -> pb.DeleteResourceResponse:
        return write(
            context,
            request,
            pb.DeleteResourceResponse,
            lambda key: self._resources.delete(key, code(request.name)),
            lambda _: pb.DeleteResourceResponse(),
        )
