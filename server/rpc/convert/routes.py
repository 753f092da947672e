"""Routes and the base map."""

from __future__ import annotations

from fieldwork.v1 import routes_pb2 as pb

from server.domain.caller import Caller, Role
from server.domain.resource_day import StopKind
from server.domain.route import BaseMap, Leg, Route, RouteStop
from server.rpc.convert.bookings import masked
from server.rpc.convert.cases import brief_messages, document_messages
from server.rpc.convert.common import MODES, address_message, case_message, latlng
from server.rpc.convert.names import identified, optional
from server.rpc.convert.places import READS_ACCESS_NOTES
from server.rpc.convert.polyline import encoded
from server.rpc.convert.times import date_message, interval, timestamp

_KINDS = {
    StopKind.STOP: pb.Stop.KIND_VISIT,
    StopKind.REMOTE: pb.Stop.KIND_REMOTE,
    StopKind.BREAK: pb.Stop.KIND_BREAK,
    StopKind.HOLD: pb.Stop.KIND_HOLD,
    StopKind.BLOCKED: pb.Stop.KIND_BLOCKED,
    StopKind.SESSION: pb.Stop.KIND_SESSION,
}
SERVES = frozenset({Role.OFFICER, Role.BOOKING_ADMINISTRATOR, Role.CUSTOMER_SERVICE})
"""Who is told what a customer needs in order to be served."""


def route_message(route: Route, caller: Caller) -> pb.Route:
    """Return a route as this caller may see it."""
    return pb.Route(
        name=route.name,
        officer=f"officers/{route.officer}",
        officer_display_name=route.officer_name,
        shift=interval(route.shift),
        base=latlng(route.base),
        travel_mode=MODES[route.mode],
        stops=[stop_message(stop, caller) for stop in route.stops],
        home_leg=leg_message(route.home) if route.home else None,
        version=route.version,
        travel_seconds=route.travel_seconds,
        date=date_message(route.day),
    )


def leg_message(leg: Leg) -> pb.Leg:
    """Return a leg as a message."""
    return pb.Leg(seconds=leg.seconds, metres=leg.metres, polyline=encoded(leg.line))


def stop_message(stop: RouteStop, caller: Caller) -> pb.Stop:
    """Return a stop: how to get in is for those who go there, the case's brief for the officer only.

    A manager sees an initial of the customer.
    """
    return pb.Stop(
        kind=_KINDS[stop.kind],
        visit=identified("visits", stop.visit),
        booking=identified("bookings", stop.booking),
        service=optional("services", stop.service),
        premises=optional("premises", stop.premises),
        display_name=stop.display_name,
        address=address_message(stop.address) if stop.address else None,
        position=latlng(stop.position) if stop.position else None,
        leg=leg_message(stop.leg),
        leave_time=timestamp(stop.leave),
        start_time=timestamp(stop.start),
        end_time=timestamp(stop.end),
        promise=interval(stop.promise) if stop.promise else None,
        weight=stop.weight,
        access_note=stop.access_note if caller.role in READS_ACCESS_NOTES else "",
        customer_display_name=masked(stop.customer_name) if caller.role is Role.MANAGER else stop.customer_name,
        case=case_message(stop.case),
        customer_access_needs=stop.access_needs if caller.role in SERVES else (),
        documents=stop.documents,
        case_brief=brief_messages(stop.brief) if caller.role is Role.OFFICER else (),
        case_documents=document_messages(stop.case_documents) if caller.role is Role.OFFICER else (),
    )


def base_map_message(base_map: BaseMap) -> pb.BaseMap:
    """Return the roads as messages."""
    roads = [pb.BaseMap.Road(polyline=encoded(road.line), rank=road.rank) for road in base_map.roads]
    return pb.BaseMap(roads=roads, attribution=base_map.attribution)
