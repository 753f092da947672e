"""The command line: exit codes, nothing half written, no traceback."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer.__main__ import main
from optimizer.model import Problem
from optimizer.writing import problem_to_json
from tests.optimizer.problems import a_problem, a_visit


def written(folder: Path, problem: Problem) -> Path:
    path = folder / "problem.json"
    path.write_text(json.dumps(problem_to_json(problem)), encoding="utf-8")
    return path


def complaints(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().err)


def test_a_problem_becomes_a_plan_that_the_checker_accepts(tmp_path: Path) -> None:
    problem, plan = written(tmp_path, a_problem([a_visit()])), tmp_path / "plan.json"
    assert main([str(problem), "-o", str(plan), "--iterations", "3"]) == 0
    assert json.loads(plan.read_text())["cost"]["lost_weight"] == 0
    assert main(["--check", str(problem), str(plan)]) == 0
    assert main([str(problem), "-o", str(plan), "--iterations", "3", "--start", str(plan)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "problem.json"]


def test_the_same_iterations_write_the_same_bytes(tmp_path: Path) -> None:
    problem = written(tmp_path, a_problem([a_visit(f"v{i}", 1 + i % 7) for i in range(9)]))
    for name in ("one", "two"):
        assert main([str(problem), "-o", str(tmp_path / name), "--iterations", "30"]) == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_plan_that_breaks_a_rule_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, plan = written(tmp_path, a_problem([a_visit()])), tmp_path / "plan.json"
    main([str(problem), "-o", str(plan), "--iterations", "1"])
    value = json.loads(plan.read_text())
    value["routes"][0]["stops"][0]["arrive"] -= 500
    plan.write_text(json.dumps(value))
    assert main(["--check", str(problem), str(plan)]) == 2
    assert complaints(capsys)["breaches"][0]["rule"] == "travel"


def test_defects_are_listed_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, plan = written(tmp_path, a_problem([replace(a_visit(), place=99)])), tmp_path / "plan.json"
    assert main([str(problem), "-o", str(plan)]) == 2
    assert complaints(capsys)["defects"][0]["path"] == "$.visits[0].place"
    assert not plan.exists()


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in complaints(capsys)["defects"][0]["path"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = written(tmp_path, a_problem([]))
    assert main([str(problem), "-o", str(tmp_path / "none" / "plan.json"), "--iterations", "1"]) == 2
    assert "plan.json" in complaints(capsys)["defects"][0]["path"]


def test_no_plan_is_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = written(tmp_path, a_problem([a_visit(mandatory=True, crew=({"food": 1},))]))
    assert main([str(problem), "-o", str(tmp_path / "plan.json"), "--iterations", "1"]) == 3
    assert complaints(capsys)["breaches"][0]["rule"] == "mandatory"
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("wrong", [["--seconds", "nan"], ["--seconds", "x"], ["--iterations", "-1"], ["--check"]])
def test_a_wrong_option_is_refused_without_a_traceback(tmp_path: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main([str(written(tmp_path, a_problem([]))), *wrong])
    assert refused.value.code == 2
