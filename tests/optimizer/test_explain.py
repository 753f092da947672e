"""The classes of PROBLEM_FORMAT are claims: each is put to the test on the problem itself."""

from dataclasses import replace

import numpy as np
from hypothesis import given, seed
from hypothesis import strategies as st

from optimizer.check import check
from optimizer.first_come import first_come
from optimizer.model import Plan, Problem, Travel, Unassigned, Why, Window
from optimizer.solve import solve
from tests.optimizer.problems import HOUR, NINE, a_problem, a_shift, a_visit, an_officer, problems
from tests.optimizer.test_solve import quick


def left_out(problem: Problem) -> dict[str, Unassigned]:
    return {item.visit: item for item in solve(problem, iterations=3).unassigned}


def test_no_skill_names_the_level_that_is_missing() -> None:
    item = left_out(a_problem([a_visit(crew=({"food": 2},))], [an_officer("ann", skills={"food": 1})]))["cafe"]
    assert item.why is Why.NO_SKILL
    reason = item.reasons[0]
    assert (reason.officer, reason.rule, reason.needs, reason.has, reason.margin) == ("ann", "skill", "food>=2", "food=1", 1)


def test_no_road_means_that_no_road_leads_there() -> None:
    seconds = np.zeros((2, 2), dtype=np.int32)
    seconds[0, 1] = -1
    assert left_out(a_problem([a_visit()], travel={"car": Travel(seconds)}))["cafe"].why is Why.NO_ROAD


def test_a_window_outside_all_shifts_is_no_time_and_says_how_far() -> None:
    item = left_out(a_problem([a_visit(windows=(Window(5 * HOUR, 6 * HOUR),))]))["cafe"]
    assert item.why is Why.NO_TIME
    assert item.smallest_relaxation is not None
    assert item.smallest_relaxation.rule == "window"
    assert item.smallest_relaxation.seconds == NINE + 600 - (6 * HOUR - 1)


def test_the_smallest_relaxation_of_a_full_day_is_the_overtime_that_it_needs() -> None:
    visits = [a_visit("long", 0, seconds=7 * HOUR, weight=5), a_visit("short", 0, seconds=2 * HOUR)]
    item = left_out(a_problem(visits))["short"]
    assert item.why is Why.OUTRANKED
    assert item.smallest_relaxation is not None
    assert (item.smallest_relaxation.rule, item.smallest_relaxation.seconds) == ("shift_end", HOUR)
    longer = an_officer("ann", a_shift(max_overtime=HOUR))
    assert left_out(a_problem(visits, [longer])) == {}


def test_no_capacity_means_that_only_counts_and_loads_refuse() -> None:
    officer = an_officer("ann", a_shift(max_visits=1))
    item = left_out(a_problem([a_visit("a"), a_visit("b")], [officer]))["b"]
    assert item.why is Why.NO_CAPACITY
    assert item.reasons[0].rule == "capacity"


def test_what_the_diary_could_still_take_is_not_found() -> None:
    # The diary appends: after the late visit there is no time, before it there is plenty.
    visits = [a_visit("late", windows=(Window(15 * HOUR, 15 * HOUR + 1),)), a_visit("early")]
    plan = first_come(a_problem(visits))
    assert [(item.visit, item.why) for item in plan.unassigned] == [("early", Why.NOT_FOUND)]


def alone(problem: Problem, visit_id: str, limits: bool = True) -> Plan:
    """Plan this visit on empty days."""
    officers = problem.officers
    if not limits:
        officers = tuple(
            replace(o, shifts=tuple(replace(s, max_visits=None, capacity={}) for s in o.shifts)) for o in officers
        )
    visits = tuple(visit for visit in problem.visits if visit.id == visit_id)
    return solve(replace(problem, visits=visits, officers=officers), iterations=1)


@seed(5)
@quick
@given(problems(), st.booleans())
def test_every_class_is_true(problem: Problem, by_hand: bool) -> None:
    plan = first_come(problem) if by_hand else solve(problem, iterations=3)
    assert check(problem, plan) == []
    for item in plan.unassigned:
        served = alone(problem, item.visit, limits=False).served()
        if item.why in (Why.NO_SKILL, Why.NO_ROAD, Why.NO_TIME):
            assert served == set()
        else:
            assert served == {item.visit}
        if item.why is Why.OUTRANKED:
            kept = {v.id for v in problem.visits if v.id in plan.served()}
            assert kept, "only other visits can outrank one"
        fine = [reason for reason in item.reasons if reason.margin < 0]
        assert fine == []
