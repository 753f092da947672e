"""Chapter 3: the night's planning: run, check, publish, compare."""

from __future__ import annotations

from fieldwork.v1 import planning_pb2, routes_pb2

from clients.cli import tables
from clients.cli.demo.desk import Desk, proto_date
from clients.cli.demo.scene import Booked, City, Night, Staff, Wish, hold
from clients.cli.demo.voice import Voice

_SPARE_SECONDS = 120


def plan_the_night(voice: Voice, desk: Desk, wish: Wish, city: City, staff: Staff, first: Booked) -> Night:
    """Plan the team's day, let it be checked, publish it, and see that the promise is kept."""
    client = desk.as_("booking_administrator")
    request = planning_pb2.RunPlanRequest(
        team=f"teams/{staff.team}", date=proto_date(city.day), seconds=wish.seconds, seed=wish.seed
    )
    with voice.bar("queued") as show:
        plan = client.wait(
            client.planning.RunPlan(request),
            lambda told: show(told.phase, told.progress_percent),
            timeout_seconds=wish.seconds + _SPARE_SECONDS,
        )
        show("done", 100)
    plan = _checked(voice, desk, plan.name)
    published = client.planning.PublishPlan(planning_pb2.PublishPlanRequest(name=plan.name, etag=plan.etag))
    hold(published.plan.state == planning_pb2.Plan.STATE_PUBLISHED, "the plan is published")
    hold(not published.unchanged_officers, f"no officer is left out of the publication: {published.unchanged_officers}")
    voice.say(f"    published for {len(published.published_officers)} officers")
    routes = routes_of(desk, city, staff)
    _keeps(first, routes)
    voice.show(tables.routes(routes, city.zone))
    voice.show(tables.comparison(plan))
    voice.show(tables.left_out(plan))
    return Night(plan, routes)


def routes_of(desk: Desk, city: City, staff: Staff) -> tuple[routes_pb2.Route, ...]:
    """Return the team's routes as they stand, with the geometry of the ways."""
    request = routes_pb2.ListRoutesRequest(
        team=f"teams/{staff.team}", date=proto_date(city.day), with_geometry=True, page_size=200
    )
    return tuple(desk.as_("booking_administrator").routes.ListRoutes(request).routes)


def _checked(voice: Voice, desk: Desk, name: str) -> planning_pb2.Plan:
    client = desk.as_("booking_administrator").planning
    plan = client.CheckPlan(planning_pb2.CheckPlanRequest(name=name))
    hold(plan.state == planning_pb2.Plan.STATE_CHECKED, f"the checker accepts the plan: {'; '.join(plan.breaches[:3])}")
    hold(plan.figures.served_visits > 0, "the plan serves visits")
    hold(
        plan.figures.served_weight >= plan.first_come_figures.served_weight,
        "the plan serves at least the weight of first come, first served",
    )
    hold(all(getattr(left, "class") for left in plan.unassigned), "each visit that is left out has a reason")
    voice.say(f"    {name} is checked: engine {plan.engine}, seed {plan.seed}, travel by {plan.travel_source}")
    return plan


def _keeps(booked: Booked, routes: tuple[routes_pb2.Route, ...]) -> None:
    """See that the promise is on a route, inside its window."""
    promise = booked.booking.promise
    stops = [stop for route in routes for stop in route.stops if stop.booking == booked.booking.name]
    hold(len(stops) == 1, f"{booked.booking.name} is on one route, not on {len(stops)}")
    start = stops[0].start_time.ToDatetime()
    inside = promise.start_time.ToDatetime() <= start < promise.end_time.ToDatetime()
    hold(inside, f"{booked.booking.name} starts inside its promise, not at {start}")
