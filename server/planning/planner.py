"""Running the optimizer: in a process of its own, so that a search that does not look at the clock can be ended.

The independent checker runs here, in the caller's process; it imports no solver.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from optimizer.check import check
from optimizer.first_come import first_come
from optimizer.format import problem_from_json
from optimizer.model import Plan as FoundPlan
from optimizer.model import Problem
from optimizer.plan_format import plan_from_json, read_plan
from optimizer.writing import plan_to_json, problem_to_json
from server.domain.plan import Plan, State
from server.planning import outcome, words
from server.planning.problem import Framed, frame
from server.usecases.planning import PlanningFailed
from server.usecases.ports import PlanningInput, Progress, Travel

GRACE_SECONDS = 60
LOOK_SECONDS = 0.25


class OptimizerPlanner:
    """The optimizer behind the use cases' port."""

    def plan(
        self, given: PlanningInput, travel: Travel, seconds: int, seed: int, number: int, now: datetime, tell: Progress
    ) -> tuple[Plan, bytes]:
        """Return a plan, checked, and what it solves with what was found (JSON)."""
        framed = frame(given, travel)
        found = _search(framed, seconds, seed, tell)
        tell("checking", 95)
        breaches = _breaches(framed.problem, found)
        naive = first_come(framed.problem)
        both = found.served() & naive.served()
        plan = Plan(
            id=number,
            team=given.team.code,
            day=given.day,
            state=State.REJECTED if breaches else State.CHECKED,
            created=now,
            figures=outcome.figures(framed, found),
            first_come=outcome.figures(framed, naive),
            common_travel_seconds=outcome.travel_on(framed, found, both),
            first_come_common_travel_seconds=outcome.travel_on(framed, naive, both),
            problem_hash=found.problem_hash,
            engine=found.engine,
            seed=seed,
            travel_source=travel.source,
            routes=outcome.routes(framed, found),
            unassigned=outcome.unassigned(framed, found, given),
            breaches=breaches,
        )
        record = {"problem": problem_to_json(framed.problem), "plan": plan_to_json(found)}
        return plan, json.dumps(record, separators=(",", ":")).encode()

    def check(self, record: bytes) -> tuple[str, ...]:
        """Return what the independent checker has against a recorded plan, in words."""
        stored = json.loads(record)
        return _breaches(problem_from_json(stored["problem"]), plan_from_json(stored["plan"]))


def _breaches(problem: Problem, found: FoundPlan) -> tuple[str, ...]:
    """Return what is wrong with a plan, in words: rules that it breaks, and promises that it leaves out."""
    left_out = sorted({visit.id for visit in problem.visits if visit.mandatory} - found.served())
    broken = (words.breach(breach) for breach in check(problem, found))
    return (*broken, *(f"promise: {visit} is left out, the plan has to keep it" for visit in left_out))


def _search(framed: Framed, seconds: int, seed: int, tell: Progress) -> FoundPlan:
    with tempfile.TemporaryDirectory(prefix="fieldwork-plan-") as folder:
        problem, answer = Path(folder, "problem.json"), Path(folder, "plan.json")
        problem.write_text(json.dumps(problem_to_json(framed.problem)), encoding="utf-8")
        command = [sys.executable, "-m", "optimizer", str(problem), "-o", str(answer)]
        command += ["--seconds", str(seconds), "--seed", str(seed)]
        with Path(folder, "errors").open("w+") as errors:
            code = _watched(command, errors.fileno(), seconds, tell)
            errors.seek(0)
            if code:
                raise PlanningFailed("PLAN_REJECTED", f"the optimizer gave no plan (exit {code}): {errors.read(2_000)}")
        return read_plan(answer)


def _watched(command: list[str], errors: int, seconds: int, tell: Progress) -> int:
    """Return the exit code of a search; end it when it is cancelled or far over its time."""
    began = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors) as process:  # noqa: S603
        while process.poll() is None:
            spent = time.monotonic() - began
            if tell("solving", 10 + min(80, int(80 * spent / seconds))):
                process.kill()
                raise PlanningFailed("CANCELLED", "the run was cancelled before it had a plan")
            if spent > 3 * seconds + GRACE_SECONDS:
                process.kill()
                raise PlanningFailed("DEADLINE", f"the optimizer was ended after {spent:.0f} s of {seconds} s asked for")
            time.sleep(LOOK_SECONDS)
        return process.returncode
