"""Writing problems and plans as JSON values, and the hash that ties a plan to its problem."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from optimizer.model import (
    BreakStop,
    Int32,
    Officer,
    Pin,
    Plan,
    Problem,
    Route,
    Shift,
    Stop,
    Unassigned,
    Visit,
)
from optimizer.plan_format import FORMAT


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """Return the problem as PROBLEM_FORMAT writes it, matrices inline."""
    return _problem(problem) | {
        "travel": {
            name: {"seconds": travel.seconds.tolist()}
            | ({} if travel.metres is None else {"metres": travel.metres.tolist()})
            for name, travel in problem.travel.items()
        }
    }


def problem_hash(problem: Problem) -> str:
    """Return `sha256:` over canonical JSON, where a matrix stands as the hash of its little-endian int32 rows.

    So a matrix inline and the same matrix in a file beside give the same hash.
    """
    travel = {
        name: {"seconds": _digest(t.seconds), "metres": None if t.metres is None else _digest(t.metres)}
        for name, t in problem.travel.items()
    }
    canonical = json.dumps(_problem(problem) | {"travel": travel}, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _digest(matrix: Int32) -> str:
    return f"{matrix.shape}:" + hashlib.sha256(matrix.astype("<i4").tobytes()).hexdigest()


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": problem.name,
        "places": [asdict(place) for place in problem.places],
        "officers": [_officer(officer) for officer in problem.officers],
        "visits": [_visit(visit) for visit in problem.visits],
        "base": {"routes": [route_to_json(route) for route in problem.base]},
        "pins": [_pin(pin) for pin in problem.pins],
        "freeze_until": problem.freeze_until,
        "objective": [list(terms) for terms in problem.objective],
        "stability": asdict(problem.stability),
        "fairness": {"per_minute": problem.fairness_per_minute},
    }


def _officer(officer: Officer) -> dict[str, Any]:
    return {
        "id": officer.id,
        "profile": officer.profile,
        "skills": dict(officer.skills),
        "shifts": [_shift(shift) for shift in officer.shifts],
        "history": asdict(officer.history),
    }


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "id": shift.id,
        "start": shift.start,
        "end": shift.end,
        "from": shift.origin,
        "to": shift.destination,
        "profile": shift.profile,
        "breaks": [asdict(pause) for pause in shift.breaks],
        "max_visits": shift.max_visits,
        "capacity": dict(shift.capacity),
        "max_overtime": shift.max_overtime,
    }


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "place": visit.place,
        "seconds": visit.seconds,
        "windows": [[window.start, window.end] for window in visit.windows],
        "crew": [dict(needs) for needs in visit.crew],
        "weight": visit.weight,
        "mandatory": visit.mandatory,
        "due": visit.due,
        "late_weight_per_day": visit.late_weight_per_day,
        "only": None if visit.only is None else sorted(visit.only),
        "never": sorted(visit.never),
        "prefer": dict(visit.prefer),
        "buffer_before": visit.buffer_before,
        "buffer_after": visit.buffer_after,
        "load": dict(visit.load),
        "remote": visit.remote,
        "setup": visit.setup,
        "setup_group": visit.setup_group,
    }


def _pin(pin: Pin) -> dict[str, Any]:
    officers = None if pin.officers is None else list(pin.officers)
    return {"visit": pin.visit, "officers": officers, "start": pin.start, "after": pin.after}


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as PROBLEM_FORMAT writes it."""
    return {
        "format": FORMAT,
        "problem_hash": plan.problem_hash,
        "engine": plan.engine,
        "build": plan.build,
        "seed": plan.seed,
        "iterations": plan.iterations,
        "cost": asdict(plan.cost),
        "bound": plan.bound,
        "routes": [route_to_json(route) for route in plan.routes],
        "unassigned": [_unassigned(item) for item in plan.unassigned],
    }


def route_to_json(route: Route) -> dict[str, Any]:
    return {"officer": route.officer, "shift": route.shift, "stops": [_stop(stop) for stop in route.stops]}


def _stop(stop: Stop | BreakStop) -> dict[str, Any]:
    if isinstance(stop, BreakStop):
        return {"break": stop.index, "start": stop.start, "end": stop.end}
    return asdict(stop)


def _unassigned(item: Unassigned) -> dict[str, Any]:
    relaxation = item.smallest_relaxation
    return {
        "visit": item.visit,
        "class": item.why.value,
        "reasons": [asdict(reason) for reason in item.reasons],
        "smallest_relaxation": None if relaxation is None else asdict(relaxation),
    }
