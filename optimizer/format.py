"""Reading problem.json: strict, every refusal with its JSON path. Plans are read in plan_format.py."""

from pathlib import Path

import numpy as np

from optimizer.model import (
    Break,
    History,
    Int32,
    Officer,
    Pin,
    Place,
    Problem,
    Route,
    Shift,
    Stability,
    Travel,
    Visit,
    Window,
)
from optimizer.plan_format import format_version, load, route
from optimizer.reading import Fields, flag, integer, label, many, maybe, number, refuse, shown, table, text

LONGEST_LEG = 2**31 - 1


def read_problem(path: Path) -> Problem:
    """Read a problem file; raise Defective with the path of what is wrong."""
    return problem_from_json(load(path), path.parent)


def problem_from_json(value: object, folder: Path = Path()) -> Problem:
    """Build a problem from parsed JSON; matrices given as paths lie beside the file, in `folder`."""
    f = Fields(value, "$")
    format_version(f)
    problem = Problem(
        name=f.take("name", label, ""),
        places=f.take("places", many(_place), ()),
        travel=f.need("travel", table(lambda v, p: _travel(v, p, folder))),
        officers=f.need("officers", many(_officer)),
        visits=f.need("visits", many(_visit)),
        base=f.take("base", _base, ()),
        pins=f.take("pins", many(_pin), ()),
        freeze_until=f.take("freeze_until", maybe(integer), None),
        objective=f.take("objective", many(many(text)), (("served",), ("travel",))),
        stability=f.take("stability", _stability, Stability()),
        fairness_per_minute=f.take("fairness", _fairness, 0),
    )
    f.end()
    return problem


def _place(value: object, path: str) -> Place:
    f = Fields(value, path)
    place = Place(f.need("lat", number), f.need("lon", number))
    f.end()
    return place


def _travel(value: object, path: str, folder: Path) -> Travel:
    f = Fields(value, path)
    travel = Travel(
        f.need("seconds", lambda v, p: _matrix(v, p, folder)),
        f.take("metres", lambda v, p: None if v is None else _matrix(v, p, folder), None),
    )
    f.end()
    return travel


def _matrix(value: object, path: str, folder: Path) -> Int32:
    if isinstance(value, str):
        return _stored_matrix(value, path, folder)
    rows = many(many(integer))(value, path)
    for i, row in enumerate(rows):
        if len(row) != len(rows):
            remedy = f"give {len(rows)} numbers in each of the {len(rows)} rows"
            raise refuse(f"{path}[{i}]", f"the row has {len(row)} numbers", remedy)
        if row and max(map(abs, row)) > LONGEST_LEG:
            raise refuse(f"{path}[{i}]", "a number is too large", f"stay within {LONGEST_LEG}")
    return np.array(rows, dtype=np.int32).reshape(len(rows), len(rows))


def _stored_matrix(name: str, path: str, folder: Path) -> Int32:
    try:
        matrix = np.load(folder / name, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise refuse(path, f"{shown(name)} is no readable .npy file: {error}", "name a file beside this one") from None
    if not isinstance(matrix, np.ndarray) or not np.issubdtype(matrix.dtype, np.integer):
        raise refuse(path, f"{shown(name)} does not hold one array of integers", "store an int32 matrix")
    if matrix.size and (matrix.max() > LONGEST_LEG or matrix.min() < -LONGEST_LEG):
        raise refuse(path, f"{shown(name)} holds a number that is too large", f"stay within {LONGEST_LEG}")
    return np.ascontiguousarray(matrix, dtype=np.int32)


def _officer(value: object, path: str) -> Officer:
    f = Fields(value, path)
    officer = Officer(
        id=f.need("id", text),
        profile=f.need("profile", text),
        skills=f.take("skills", table(integer), {}),
        shifts=f.need("shifts", many(_shift)),
        history=f.take("history", _history, History()),
    )
    f.end()
    return officer


def _history(value: object, path: str) -> History:
    f = Fields(value, path)
    history = History(f.take("minutes", integer, 0), f.take("travel_minutes", integer, 0))
    f.end()
    return history


def _shift(value: object, path: str) -> Shift:
    f = Fields(value, path)
    shift = Shift(
        id=f.need("id", text),
        start=f.need("start", integer),
        end=f.need("end", integer),
        origin=f.need("from", integer),
        destination=f.need("to", integer),
        profile=f.take("profile", maybe(text), None),
        breaks=f.take("breaks", many(_break), ()),
        max_visits=f.take("max_visits", maybe(integer), None),
        capacity=f.take("capacity", table(integer), {}),
        max_overtime=f.take("max_overtime", integer, 0),
    )
    f.end()
    return shift


def _break(value: object, path: str) -> Break:
    f = Fields(value, path)
    pause = Break(f.need("earliest", integer), f.need("latest", integer), f.need("seconds", integer))
    f.end()
    return pause


def _visit(value: object, path: str) -> Visit:
    f = Fields(value, path)
    only = f.take("only", maybe(many(text)), None)
    visit = Visit(
        id=f.need("id", text),
        seconds=f.need("seconds", integer),
        place=f.take("place", maybe(integer), None),
        windows=f.take("windows", many(_window), ()),
        crew=f.take("crew", many(table(integer)), ({},)),
        weight=f.take("weight", integer, 1),
        mandatory=f.take("mandatory", flag, False),
        due=f.take("due", maybe(integer), None),
        late_weight_per_day=f.take("late_weight_per_day", integer, 0),
        only=None if only is None else frozenset(only),
        never=frozenset(f.take("never", many(text), tuple[str, ...]())),
        prefer=f.take("prefer", table(integer), {}),
        buffer_before=f.take("buffer_before", integer, 0),
        buffer_after=f.take("buffer_after", integer, 0),
        load=f.take("load", table(integer), {}),
        remote=f.take("remote", flag, False),
        setup=f.take("setup", integer, 0),
        setup_group=f.take("setup_group", maybe(text), None),
    )
    f.end()
    return visit


def _window(value: object, path: str) -> Window:
    bounds = many(integer)(value, path)
    if len(bounds) != 2:
        raise refuse(path, f"a window has 2 bounds, not {len(bounds)}", "write [start, end]")
    return Window(*bounds)


def _pin(value: object, path: str) -> Pin:
    f = Fields(value, path)
    pin = Pin(
        f.need("visit", text),
        f.take("officers", maybe(many(text)), None),
        f.take("start", maybe(integer), None),
        f.take("after", maybe(text), None),
    )
    f.end()
    return pin


def _base(value: object, path: str) -> tuple[Route, ...]:
    f = Fields(value, path)
    routes = f.need("routes", many(route))
    f.end()
    return routes


def _stability(value: object, path: str) -> Stability:
    f = Fields(value, path)
    stability = Stability(
        f.take("per_change", integer, 0),
        f.take("tolerance", integer, 0),
        f.take("max_changes", maybe(integer), None),
    )
    f.end()
    return stability


def _fairness(value: object, path: str) -> int:
    f = Fields(value, path)
    per_minute = f.take("per_minute", integer, 0)
    f.end()
    return per_minute
