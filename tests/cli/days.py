"""Makers of messages as the API would send them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from fieldwork.v1 import common_pb2, organisation_pb2, planning_pb2, routes_pb2

from clients.cli.map.polyline import encode

DAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 6, tzinfo=UTC)
BASE = (60.1700, 24.9500)
CAFE = (60.171, 24.951)
TEAM = organisation_pb2.Team(name="teams/centre", display_name="Food safety", time_zone="Europe/Helsinki")


def a_stop(
    hour: float, name: str = "Cafe", place: tuple[float, float] = (60.171, 24.951), **more: object
) -> routes_pb2.Stop:
    """Return a visit of half an hour that starts so many hours after eight."""
    start = EIGHT + timedelta(hours=hour)
    stop = routes_pb2.Stop(kind=routes_pb2.Stop.KIND_VISIT, visit="visits/0000000000001", display_name=name, weight=4)
    stop.position.latitude, stop.position.longitude = place
    stop.leave_time.FromDatetime(start - timedelta(minutes=5))
    stop.start_time.FromDatetime(start)
    stop.end_time.FromDatetime(start + timedelta(minutes=30))
    stop.leg.seconds = 300
    stop.leg.polyline = encode([BASE, place])
    stop.address.CopyFrom(common_pb2.Address(street="Aleksanterinkatu", house_number="52 b"))

    return stop


def a_promise(stop: routes_pb2.Stop) -> routes_pb2.Stop:
    """Return the stop booked, with a window of two hours that starts an hour before it."""
    stop.booking = "bookings/0000000000001"
    stop.promise.start_time.FromDatetime(stop.start_time.ToDatetime() - timedelta(hours=1))
    stop.promise.end_time.FromDatetime(stop.start_time.ToDatetime() + timedelta(hours=1))
    return stop


def a_route(code: str, *stops: routes_pb2.Stop) -> routes_pb2.Route:
    """Return an officer's route from eight to four."""
    route = routes_pb2.Route(
        name=f"officers/{code}/routes/{DAY}",
        officer=f"officers/{code}",
        officer_display_name=code.title(),
        travel_mode=common_pb2.TRAVEL_MODE_BICYCLE,
        stops=stops,
        travel_seconds=600,
    )
    route.base.latitude, route.base.longitude = BASE
    route.shift.start_time.FromDatetime(EIGHT)
    route.shift.end_time.FromDatetime(EIGHT + timedelta(hours=8))
    if stops:
        route.home_leg.seconds = 300
    return route


def a_base_map() -> routes_pb2.BaseMap:
    """Return two crossing roads."""
    lines = ([(60.169, 24.950), (60.173, 24.950)], [(60.171, 24.940), (60.171, 24.960)])
    roads = [routes_pb2.BaseMap.Road(polyline=encode(line), rank=rank) for line, rank in zip(lines, (2, 5), strict=True)]
    return routes_pb2.BaseMap(roads=roads, attribution="© OpenStreetMap contributors, ODbL 1.0")


def a_plan(*routes: routes_pb2.Route) -> planning_pb2.Plan:
    """Return a checked plan with one visit left out."""
    left = planning_pb2.UnassignedVisit(
        visit="visits/0000000000009", premises_display_name="Far <Bar>", weight=1, smallest_relaxation="10 min more"
    )
    setattr(left, "class", planning_pb2.UnassignedVisit.CLASS_OUTRANKED)
    left.reasons.add(officer="officers/anna", rule="time", needs="40 min", has="30 min", margin=10)
    return planning_pb2.Plan(
        name="plans/0000000000001",
        state=planning_pb2.Plan.STATE_CHECKED,
        figures=planning_pb2.PlanFigures(served_visits=3, served_weight=12, lost_weight=1, travel_seconds=1200),
        first_come_figures=planning_pb2.PlanFigures(served_visits=2, served_weight=8, travel_seconds=1500),
        common_travel_seconds=700,
        first_come_common_travel_seconds=900,
        routes=routes,
        unassigned=[left],
    )
