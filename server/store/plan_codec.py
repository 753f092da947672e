"""Plans as JSON, field by field as the domain has them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from server.domain.plan import Figures, Plan, PlannedRoute, PlannedStop, Reason, State, Unassigned

_OWN_COLUMNS = ("id", "team", "day", "state", "created", "published", "version")


def content_of(plan: Plan) -> dict[str, Any]:
    """Return what the content column holds: everything that has no column of its own."""
    return {key: value for key, value in asdict(plan).items() if key not in _OWN_COLUMNS}


def plan_of(row: Any, with_routes: bool = True) -> Plan:
    """Return the plan of a row."""
    content = row.content
    routes = content["routes"] if with_routes else []
    unassigned = content["unassigned"] if with_routes else []
    return Plan(
        id=row.id,
        team=row.team,
        day=row.day,
        state=State(row.state),
        created=row.created_at,
        published=row.published_at,
        version=row.version,
        figures=Figures(**content["figures"]),
        first_come=Figures(**content["first_come"]),
        common_travel_seconds=content["common_travel_seconds"],
        first_come_common_travel_seconds=content["first_come_common_travel_seconds"],
        problem_hash=content["problem_hash"],
        engine=content["engine"],
        seed=content["seed"],
        travel_source=content["travel_source"],
        routes=tuple(_route(route) for route in routes),
        unassigned=tuple(_unassigned(visit) for visit in unassigned),
        breaches=tuple(content["breaches"]),
    )


def _route(route: dict[str, Any]) -> PlannedRoute:
    return PlannedRoute(**{**route, "stops": tuple(PlannedStop(**stop) for stop in route["stops"])})


def _unassigned(visit: dict[str, Any]) -> Unassigned:
    return Unassigned(**{**visit, "reasons": tuple(Reason(**reason) for reason in visit["reasons"])})
