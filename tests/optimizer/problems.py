"""Makers of small problems: only the facts that matter are given, the rest is harmless."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from optimizer.model import (
    Break,
    Officer,
    Problem,
    Route,
    Shift,
    Stop,
    Travel,
    Visit,
    Window,
)

NINE, FIVE = 9 * 3600, 17 * 3600
MINUTE, HOUR = 60, 3600


def a_line(places: int = 8, seconds: int = 600) -> Travel:
    """Places on a street, `seconds` from one to the next; place 0 is the office at its end."""
    at = np.arange(places)
    legs = (np.abs(at[:, None] - at[None, :]) * seconds).astype(np.int32)
    return Travel(legs, (legs * 10).astype(np.int32))


def a_shift(id: str = "day", **facts: Any) -> Shift:  # noqa: A002
    return Shift(**{"id": id, "start": NINE, "end": FIVE, "origin": 0, "destination": 0, **facts})


def an_officer(id: str = "ann", *shifts: Shift, **facts: Any) -> Officer:  # noqa: A002
    return Officer(**{"id": id, "profile": "car", "shifts": shifts or (a_shift(),), **facts})


def a_visit(id: str = "cafe", place: int | None = 1, **facts: Any) -> Visit:  # noqa: A002
    return Visit(**{"id": id, "place": place, "seconds": HOUR, **facts})


def a_problem(visits: Sequence[Visit], officers: Sequence[Officer] = (), **facts: Any) -> Problem:
    officers = tuple(officers) or (an_officer(),)
    return Problem(**{"officers": officers, "visits": tuple(visits), "travel": {"car": a_line()}, **facts})


def a_route(*stops: Stop, officer: str = "ann", shift: str = "day") -> Route:
    return Route(officer, shift, stops)


def a_stop(visit: str, start: int, seconds: int = HOUR, arrive: int | None = None) -> Stop:
    return Stop(visit, start if arrive is None else arrive, start, start + seconds)


SKILLS = ("food", "licensing")
levels = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 2), max_size=2)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Problems with a bit of everything, most of them overfull."""
    places = draw(st.integers(2, 6))
    officers = tuple(_officer(draw, f"o{i}", places) for i in range(draw(st.integers(1, 3))))
    visits = tuple(_visit(draw, f"v{i}", places, len(officers)) for i in range(draw(st.integers(0, 9))))
    objective = draw(
        st.sampled_from([(("served",), ("travel",)), (("served",), ("late",), ("travel", "overtime", "prefer"))])
    )
    return Problem(officers, visits, {"car": _travel(draw, places)}, objective=objective)


def _travel(draw: st.DrawFn, places: int) -> Travel:
    leg = st.one_of(st.integers(0, 2 * HOUR), st.just(-1)) if draw(st.booleans()) else st.integers(60, 2400)
    rows = draw(st.lists(st.lists(leg, min_size=places, max_size=places), min_size=places, max_size=places))
    return Travel(np.array(rows, dtype=np.int32))


def _officer(draw: st.DrawFn, id: str, places: int) -> Officer:  # noqa: A002
    place = st.integers(0, places - 1)
    pause = Break(12 * HOUR, 14 * HOUR, draw(st.sampled_from([1800, HOUR])))
    tea = Break(15 * HOUR, 16 * HOUR, 900)
    shift = Shift(
        f"{id}/mon",
        NINE,
        draw(st.integers(14, 18)) * HOUR,
        draw(place),
        draw(place),
        breaks=draw(st.sampled_from([(), (pause,)])),
        max_visits=draw(st.sampled_from([None, None, 2])),
        capacity=draw(st.sampled_from([{}, {}, {"samples": 3}])),
        max_overtime=draw(st.sampled_from([0, 0, 1800])),
    )
    later = Shift(f"{id}/tue", NINE + 86400, FIVE + 86400, 0, 0, breaks=())
    shifts = draw(st.sampled_from([(shift,), (shift, later)]))
    if draw(st.booleans()) and shift.end >= 17 * HOUR and shift.breaks:
        shifts = (
            Shift(f"{id}/mon", NINE, shift.end, shift.origin, shift.destination, breaks=(pause, tea)),
            *shifts[1:],
        )
    return Officer(id, "car", shifts, skills=draw(levels))


def _visit(draw: st.DrawFn, id: str, places: int, officers: int) -> Visit:  # noqa: A002
    start = draw(st.integers(8, 16)) * HOUR
    length = draw(st.sampled_from([0, 0, 2 * HOUR, 1]))
    windows: tuple[Window, ...] = (Window(start, start + length),) if length else ()
    twice = draw(st.booleans())
    if windows and twice:
        windows = (*windows, Window(start + 5 * HOUR, start + 6 * HOUR))
    remote = draw(st.integers(0, 5)) == 0
    return Visit(
        id,
        draw(st.sampled_from([900, 2700, 2 * HOUR])),
        None if remote else draw(st.integers(0, places - 1)),
        windows=windows,
        crew=draw(st.sampled_from([({},), ({},), ({"food": 1},), ({"food": 1}, {})])),
        weight=draw(st.integers(0, 9)),
        due=draw(st.sampled_from([None, 12 * HOUR])),
        late_weight_per_day=draw(st.integers(0, 2)),
        never=frozenset(draw(st.sampled_from([(), (), ("o0",)]))),
        prefer=draw(st.sampled_from([{}, {"o0": 300}])),
        buffer_before=draw(st.sampled_from([0, 300])),
        buffer_after=draw(st.sampled_from([0, 120])),
        load=draw(st.sampled_from([{}, {"samples": 2}])),
        remote=remote,
        setup=draw(st.sampled_from([0, 600])),
        setup_group=draw(st.sampled_from([None, "g"])),
    )
