"""The optimizer prefers promises to everything, but it may fail to find a place for one: such a plan is refused."""

import json
from dataclasses import replace

from optimizer.first_come import first_come
from optimizer.writing import plan_to_json, problem_to_json
from server.domain.commands import RunPlan
from server.planning.planner import OptimizerPlanner
from server.planning.problem import frame
from tests.makers.world import BOSS, INSPECTION, THURSDAY, World, at


def test_the_checker_refuses_a_plan_that_leaves_a_promise_out(world: World) -> None:
    world.book(INSPECTION.code, at(THURSDAY, 9), officer="anna")
    world.app.planning.run(world.request(BOSS), RunPlan("north", THURSDAY))
    with world.app.store.begin() as tx:
        framed = frame(world.app.planning._read(tx, "north", THURSDAY), world.travel)
    whole = first_come(framed.problem)
    empty = replace(whole, routes=tuple(replace(route, stops=()) for route in whole.routes))
    record = {"problem": problem_to_json(framed.problem), "plan": plan_to_json(empty)}
    found = OptimizerPlanner().check(json.dumps(record).encode())
    assert [breach for breach in found if breach.startswith("promise:")]
