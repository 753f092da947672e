"""`python -m optimizer problem.json -o plan.json`: for experiments, comparisons and bug reports.

Exit codes: 0 a plan that the checker accepts was written (or --check found nothing), 2 defects, listed as JSON on
stderr, 3 no plan, its breaches likewise.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from optimizer.check import check
from optimizer.format import read_problem
from optimizer.model import Breach, Plan, Problem
from optimizer.plan_format import read_plan
from optimizer.reading import Defective, refuse
from optimizer.solve import NoPlan, solve
from optimizer.validate import demand_sound
from optimizer.writing import plan_to_json

OK, DEFECTS, NO_PLAN = 0, 2, 3


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.check != (asked.plan is not None):
        parser.error("--check needs problem.json and plan.json, anything else only problem.json")
    try:
        problem = read_problem(asked.problem)
        demand_sound(problem)
        if asked.check:
            return _check(problem, read_plan(asked.plan))
        return _solve(problem, asked)
    except Defective as error:
        _report({"defects": [defect.as_json() for defect in error.defects]})
        return DEFECTS
    except NoPlan as error:
        _report({"breaches": _as_json(error.breaches)})
        return NO_PLAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m optimizer", description="Plan the visits of a problem file.")
    parser.add_argument("problem", type=Path, help="problem.json")
    parser.add_argument("plan", type=Path, nargs="?", help="plan.json, with --check")
    parser.add_argument("--check", action="store_true", help="run the checker alone on problem.json plan.json")
    parser.add_argument("-o", "--output", type=Path, help="where the plan is written; default: stdout")
    parser.add_argument("--seconds", type=_positive, default=10.0, help="wall time of the search")
    parser.add_argument("--iterations", type=_count, help="search so many iterations instead, repeatably")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=_count, default=1)
    parser.add_argument("--start", type=Path, help="a plan.json to continue from")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0 up")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return value


def _solve(problem: Problem, asked: argparse.Namespace) -> int:
    start: Plan | None = read_plan(asked.start) if asked.start else None
    plan = solve(
        problem,
        seconds=asked.seconds,
        seed=asked.seed,
        threads=asked.threads,
        start=start,
        iterations=asked.iterations,
    )
    text = json.dumps(plan_to_json(plan), indent=1) + "\n"
    if asked.output is None:
        sys.stdout.write(text)
    else:
        _write(asked.output, text)
    return OK


def _write(path: Path, text: str) -> None:
    """Write the whole file or nothing."""
    partial = path.with_name(path.name + f".{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise refuse(str(path), f"cannot be written: {error.strerror}", "name a file in a writable folder") from None


def _check(problem: Problem, plan: Plan) -> int:
    breaches = check(problem, plan)
    if breaches:
        _report({"breaches": _as_json(breaches)})
    return DEFECTS if breaches else OK


def _as_json(breaches: list[Breach]) -> list[dict[str, object]]:
    return [asdict(breach) for breach in breaches]


def _report(value: object) -> None:
    sys.stderr.write(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
