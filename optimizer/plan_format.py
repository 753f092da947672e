"""Reading plan.json, and what problem.json shares with it: the file, the version, the routes."""

import json
from pathlib import Path
from typing import Any

from optimizer.model import BreakStop, Cost, Plan, Reason, Relaxation, Route, Stop, Unassigned, Why
from optimizer.reading import Fields, integer, label, many, maybe, refuse, shown, text

FORMAT = 1


def load(path: Path) -> Any:
    """Read JSON from a file; NaN, infinities, duplicate keys, bad UTF-8 and a missing file are refused."""
    try:
        return json.loads(path.read_bytes(), parse_constant=_no_constant, object_pairs_hook=_unique)
    except OSError as error:
        raise refuse(str(path), f"cannot be read: {error.strerror}", "name a readable file") from None
    except (ValueError, RecursionError) as error:
        if hasattr(error, "defects"):
            raise
        raise refuse(str(path), f"is not JSON: {error}", "correct the file") from None


def _no_constant(name: str) -> float:
    raise refuse("$", f"{name} is not a number in JSON", "write a finite number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise refuse("$", f"the key {shown(twice)} stands twice in one object", "keep one of them")
    return entries


def read_plan(path: Path) -> Plan:
    """Read a plan file; raise Defective with the path of what is wrong."""
    return plan_from_json(load(path))


def plan_from_json(value: object) -> Plan:
    """Build a plan from parsed JSON."""
    f = Fields(value, "$")
    format_version(f)
    plan = Plan(
        problem_hash=f.take("problem_hash", label, ""),
        engine=f.take("engine", label, ""),
        build=f.take("build", label, ""),
        seed=f.take("seed", integer, 1),
        iterations=f.take("iterations", integer, 0),
        cost=f.take("cost", _cost, Cost()),
        bound=f.take("bound", lambda v, _: v, None),
        routes=f.need("routes", many(route)),
        unassigned=f.take("unassigned", many(_unassigned), ()),
    )
    f.end()
    return plan


def format_version(f: Fields) -> None:
    version = f.need("format", integer)
    if version != FORMAT:
        raise refuse("$.format", f"{version} is not supported", f"write {FORMAT}")


def route(value: object, path: str) -> Route:
    f = Fields(value, path)
    read = Route(f.need("officer", text), f.need("shift", text), f.need("stops", many(_stop)))
    f.end()
    return read


def _stop(value: object, path: str) -> Stop | BreakStop:
    f = Fields(value, path)
    stop: Stop | BreakStop
    if isinstance(value, dict) and "break" in value:
        stop = BreakStop(f.need("break", integer), f.need("start", integer), f.need("end", integer))
    else:
        stop = Stop(f.need("visit", text), f.need("arrive", integer), f.need("start", integer), f.need("end", integer))
    f.end()
    return stop


def _cost(value: object, path: str) -> Cost:
    f = Fields(value, path)
    cost = Cost(**{name: f.take(name, integer, 0) for name in Cost.__slots__})
    f.end()
    return cost


def _unassigned(value: object, path: str) -> Unassigned:
    f = Fields(value, path)
    unassigned = Unassigned(
        f.need("visit", text),
        f.need("class", _why),
        f.take("reasons", many(_reason), ()),
        f.take("smallest_relaxation", maybe(_relaxation), None),
    )
    f.end()
    return unassigned


def _why(value: object, path: str) -> Why:
    if value not in tuple(Why):
        raise refuse(path, f"{shown(value)} is no class", "write one of " + ", ".join(Why))
    return Why(str(value))


def _reason(value: object, path: str) -> Reason:
    f = Fields(value, path)
    reason = Reason(
        f.need("officer", text),
        f.need("rule", text),
        f.need("needs", label),
        f.need("has", label),
        f.need("margin", integer),
    )
    f.end()
    return reason


def _relaxation(value: object, path: str) -> Relaxation:
    f = Fields(value, path)
    relaxation = Relaxation(f.need("rule", text), f.need("officer", text), f.need("seconds", integer))
    f.end()
    return relaxation
