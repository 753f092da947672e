"""RouteService."""

from __future__ import annotations

from fieldwork.v1 import routes_pb2 as pb
from fieldwork.v1.routes_pb2_grpc import RouteServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Routes
from server.rpc.call import caller_of
from server.rpc.convert.names import code, route_name
from server.rpc.convert.routes import base_map_message, route_message
from server.rpc.convert.times import local_date

_MOST_ROUTES = 200


class RouteServicer(RouteServiceServicer):
    """Officers' days."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    def GetRoute(self, request: pb.GetRouteRequest, context: ServicerContext) -> pb.Route:
        caller = caller_of(context)
        officer, day = route_name(request.name)
        return route_message(self._routes.get(caller, officer, day, request.with_geometry), caller)

    def ListRoutes(self, request: pb.ListRoutesRequest, context: ServicerContext) -> pb.ListRoutesResponse:
        caller = caller_of(context)
        page = Page(min(request.page_size, _MOST_ROUTES), request.page_token)
        day = local_date(request.date)
        found = self._routes.list(caller, code(request.team), day, request.with_geometry, page)
        return pb.ListRoutesResponse(
            routes=[route_message(route, caller) for route in found.items], next_page_token=found.next_token
        )

    def GetBaseMap(self, _request: pb.GetBaseMapRequest, context: ServicerContext) -> pb.BaseMap:
        return base_map_message(self._routes.base_map(caller_of(context)))
