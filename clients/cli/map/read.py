"""From the API's messages to a map of the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fieldwork.v1 import organisation_pb2, planning_pb2, routes_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from clients.cli.map import palette
from clients.cli.map.day_map import DayMap, Figure, LeftOut, MapRoute, MapStop, Mark, Road
from clients.cli.map.polyline import Point, decode
from clients.cli.words import address_line, class_words, minutes, mode_word, per_visit

NOTICE = "Businesses and streets are real; officers, homes, customers and inspections are synthetic."
_MARKS = {
    routes_pb2.Stop.KIND_BREAK: Mark.BREAK,
    routes_pb2.Stop.KIND_HOLD: Mark.OTHER,
    routes_pb2.Stop.KIND_BLOCKED: Mark.OTHER,
}


def day_map(
    team: organisation_pb2.Team,
    day: date,
    routes: Iterable[routes_pb2.Route],
    base_map: routes_pb2.BaseMap,
    plan: planning_pb2.Plan | None,
    notice: str = NOTICE,
) -> DayMap:
    """Return the map of these routes (asked for with geometry); `plan` adds the comparison and what is left out."""
    zone = ZoneInfo(team.time_zone)
    return DayMap(
        team.display_name,
        day,
        zone,
        tuple(Road(tuple(decode(road.polyline)), road.rank) for road in base_map.roads),
        tuple(_map_route(index, route, zone) for index, route in enumerate(routes)),
        _figures(plan) if plan else (),
        tuple(_left_out(visit) for visit in plan.unassigned) if plan else (),
        base_map.attribution,
        notice,
    )


def _map_route(index: int, route: routes_pb2.Route, zone: ZoneInfo) -> MapRoute:
    return MapRoute(
        palette.letter(index),
        palette.colour(index),
        palette.dash(index),
        route.officer_display_name,
        mode_word(route.travel_mode),
        _point(route.base.latitude, route.base.longitude),
        (local(route.shift.start_time, zone), local(route.shift.end_time, zone)),
        _legs(route),
        _stops(route, zone),
        route.travel_seconds,
        _home(route, zone),
    )


def _stops(route: routes_pb2.Route, zone: ZoneInfo) -> tuple[MapStop, ...]:
    stops = []
    number = 0
    for stop in route.stops:
        mark = _MARKS.get(stop.kind, Mark.PROMISE if stop.booking else Mark.INSPECTION)
        is_visit = mark in (Mark.PROMISE, Mark.INSPECTION)
        number += is_visit
        stops.append(_stop(stop, mark, number if is_visit else 0, zone))
    return tuple(stops)


def _stop(stop: routes_pb2.Stop, mark: Mark, number: int, zone: ZoneInfo) -> MapStop:
    promised = stop.promise if stop.HasField("promise") else None
    return MapStop(
        number,
        mark,
        stop.display_name or mark.value,
        address_line(stop.address),
        _point(stop.position.latitude, stop.position.longitude) if stop.HasField("position") else None,
        local(stop.leave_time, zone),
        local(stop.start_time, zone),
        local(stop.end_time, zone),
        (local(promised.start_time, zone), local(promised.end_time, zone)) if promised else None,
        stop.weight,
    )


def _legs(route: routes_pb2.Route) -> tuple[tuple[Point, ...], ...]:
    """Return the ways of the day; where the geometry is missing, a straight line stands for it."""
    legs = []
    here = _point(route.base.latitude, route.base.longitude)
    for stop in route.stops:
        if stop.HasField("position"):
            there = _point(stop.position.latitude, stop.position.longitude)
            legs.append(_leg(stop.leg, here, there))
            here = there
    if legs and route.HasField("home_leg"):
        legs.append(_leg(route.home_leg, here, _point(route.base.latitude, route.base.longitude)))
    return tuple(legs)


def _leg(leg: routes_pb2.Leg, here: Point, there: Point) -> tuple[Point, ...]:
    return tuple(decode(leg.polyline)) if leg.polyline else (here, there)


def _home(route: routes_pb2.Route, zone: ZoneInfo) -> datetime | None:
    """Return when the officer is back at base after the last stop."""
    if not route.stops:
        return None
    end = route.stops[-1].end_time.seconds + route.home_leg.seconds
    return datetime.fromtimestamp(end, UTC).astimezone(zone)


def _point(latitude: float, longitude: float) -> Point:
    return latitude, longitude


def local(moment: Timestamp, zone: ZoneInfo) -> datetime:
    """Return an instant on the zone's clock."""
    return moment.ToDatetime(tzinfo=UTC).astimezone(zone)


def _left_out(visit: planning_pb2.UnassignedVisit) -> LeftOut:
    return LeftOut(visit.premises_display_name, visit.weight, class_words(visit), visit.smallest_relaxation)


def _figures(plan: planning_pb2.Plan) -> tuple[Figure, ...]:
    ours, naive = plan.figures, plan.first_come_figures
    return (
        Figure("Visits served", str(ours.served_visits), str(naive.served_visits)),
        Figure("Weight served", str(ours.served_weight), str(naive.served_weight)),
        Figure("Travel per served visit", per_visit(ours), per_visit(naive)),
        Figure(
            "Travel on the visits both serve",
            minutes(plan.common_travel_seconds),
            minutes(plan.first_come_common_travel_seconds),
        ),
    )
