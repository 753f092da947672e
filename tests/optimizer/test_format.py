"""problem.json and plan.json: what is written is read again, what is wrong is refused with its path."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, seed

from optimizer.format import problem_from_json, read_problem
from optimizer.model import Problem
from optimizer.plan_format import plan_from_json
from optimizer.reading import Defective
from optimizer.solve import solve
from optimizer.validate import defects
from optimizer.writing import plan_to_json, problem_hash, problem_to_json
from tests.optimizer.problems import a_problem, a_visit, problems
from tests.optimizer.test_solve import quick


@seed(6)
@quick
@given(problems())
def test_a_problem_and_its_plan_survive_the_round_trip(problem: Problem) -> None:
    text = json.dumps(problem_to_json(problem))
    again = problem_from_json(json.loads(text))
    assert problem_to_json(again) == json.loads(text)
    assert problem_hash(again) == problem_hash(problem)
    plan = solve(problem, iterations=1)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def written(folder: Path, value: object) -> Path:
    path = folder / "problem.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def example() -> dict[str, Any]:
    return problem_to_json(a_problem([a_visit()]))


def test_a_matrix_may_lie_beside_the_file_and_hashes_alike(tmp_path: Path) -> None:
    value = example()
    np.save(tmp_path / "car.npy", np.array(value["travel"]["car"]["seconds"], dtype=np.int32))
    inline = problem_hash(problem_from_json(value))
    value["travel"]["car"]["seconds"] = "car.npy"
    assert problem_hash(read_problem(written(tmp_path, value))) == inline


def test_another_problem_has_another_hash() -> None:
    assert problem_hash(a_problem([a_visit()])) != problem_hash(a_problem([a_visit(weight=2)]))


def changed(path: str, value: object) -> dict[str, Any]:
    """The example with one field replaced; `path` is dotted, list items are numbers."""
    root = example()
    at: Any = root
    *ahead, last = path.split(".")
    for step in ahead:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[last] = value
    return root


REFUSED = [
    ("visits.0.colour", 1, "$.visits[0].colour"),
    ("visits.0.seconds", "long", "$.visits[0].seconds"),
    ("visits.0.seconds", 1.5, "$.visits[0].seconds"),
    ("visits.0.weight", True, "$.visits[0].weight"),
    ("visits.0.windows", [[1, 2, 3]], "$.visits[0].windows[0]"),
    ("visits.0.id", "a\0b", "$.visits[0].id"),
    ("officers.0.shifts.0.start", None, "$.officers[0].shifts[0].start"),
    ("officers.0.shifts.0.start", 10**30, "$.officers[0].shifts[0].start"),
    ("travel.car.seconds", [[0, 1], [0]], "$.travel.car.seconds[1]"),
    ("travel.car.seconds", [[2**40]], "$.travel.car.seconds[0]"),
    ("travel.car.seconds", "nowhere.npy", "$.travel.car.seconds"),
    ("format", 2, "$.format"),
    ("visits", {}, "$.visits"),
]


@pytest.mark.parametrize(("field", "value", "path"), REFUSED)
def test_what_cannot_be_read_is_refused_with_its_path(field: str, value: object, path: str) -> None:
    with pytest.raises(Defective) as refused:
        problem_from_json(changed(field, value))
    assert refused.value.defects[0].path == path
    assert refused.value.defects[0].remedy


SENSELESS = [
    ("visits.0.place", 99, "$.visits[0].place"),
    ("visits.0.place", None, "$.visits[0].place"),
    ("visits.0.seconds", -1, "$.visits[0].seconds"),
    ("visits.0.windows", [[5, 5]], "$.visits[0].windows[0]"),
    ("visits.0.only", ["zoe"], "$.visits[0].only"),
    ("visits.0.never", ["zoe"], "$.visits[0].never"),
    ("visits.0.crew", [], "$.visits[0].crew"),
    ("visits.0.load", {"samples": -1}, "$.visits[0].load.samples"),
    ("visits", [problem_to_json(a_problem([a_visit()]))["visits"][0]] * 2, "$.visits"),
    ("officers.0.profile", "boat", "$.officers[0].profile"),
    ("officers.0.shifts.0.end", 0, "$.officers[0].shifts[0]"),
    ("officers.0.shifts.0.from", -1, "$.officers[0].shifts[0].from"),
    ("officers.0.shifts.0.breaks", [{"earliest": 0, "latest": 9, "seconds": 60}], "$.officers[0].shifts[0].breaks[0]"),
    ("travel.car.seconds", [[0, -2], [1, 0]], "$.travel.car.seconds"),
    ("places", [{"lat": 1, "lon": 2}], "$.travel.car.seconds"),
    ("objective", [["speed"]], "$.objective[0][0]"),
    ("pins", [{"visit": "ghost"}], "$.pins[0].visit"),
    ("pins", [{"visit": "cafe", "officers": ["ann", "ann", "zoe"]}], "$.pins[0].officers"),
    ("pins", [{"visit": "cafe", "after": "cafe"}], "$.pins[0].after"),
    ("pins", [{"visit": "cafe"}, {"visit": "cafe"}], "$.pins"),
    ("base", {"routes": [{"officer": "ann", "shift": "none", "stops": []}]}, "$.base.routes[0]"),
]


@pytest.mark.parametrize(("field", "value", "path"), SENSELESS)
def test_what_makes_no_sense_is_a_defect_with_its_path(field: str, value: object, path: str) -> None:
    assert path in [defect.path for defect in defects(problem_from_json(changed(field, value)))]


def test_a_matrix_that_is_not_square_is_a_defect(tmp_path: Path) -> None:
    np.save(tmp_path / "car.npy", np.zeros((2, 3), dtype=np.int32))
    found = defects(read_problem(written(tmp_path, changed("travel.car.seconds", "car.npy"))))
    assert found[0].path == "$.travel.car.seconds"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": NaN}', '{"format": 1, "format": 1}', "\ufeff{}", "[" * 100_000])
def test_what_is_not_json_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Defective):
        read_problem(written(tmp_path, text))
