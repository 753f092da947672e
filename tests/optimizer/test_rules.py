"""Every rule is breached once, by a plan that is right but for one thing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from optimizer.check import check
from optimizer.cost import cost_of
from optimizer.model import (
    Break,
    BreakStop,
    Pin,
    Plan,
    Problem,
    Route,
    Stability,
    Travel,
    Unassigned,
    Visit,
    Why,
    Window,
)
from tests.optimizer.problems import HOUR, NINE, a_problem, a_route, a_shift, a_stop, a_visit, an_officer

TEN = 10 * HOUR


def a_plan(problem: Problem, *routes: Route) -> Plan:
    """A plan whose cost and accounts are right, whatever its routes are."""
    served = Plan(routes).served()
    left = tuple(Unassigned(visit.id, Why.NOT_FOUND) for visit in problem.visits if visit.id not in served)
    plan = Plan(routes, left)
    return replace(plan, cost=cost_of(problem, plan))


def breached(problem: Problem, *routes: Route) -> list[str]:
    return [breach.rule for breach in check(problem, a_plan(problem, *routes))]


def one_visit(start: int = TEN, officers: Any = (), **facts: Any) -> list[str]:
    return breached(a_problem([a_visit(**facts)], officers), a_route(a_stop("cafe", start)))


def test_a_plan_that_keeps_every_rule_has_no_breach() -> None:
    assert one_visit() == []


BREACHES: dict[str, Callable[[], list[str]]] = {
    "skill": lambda: one_visit(crew=({"food": 1},)),
    "only": lambda: one_visit(officers=[an_officer("ann"), an_officer("bob")], only=frozenset({"bob"})),
    "never": lambda: one_visit(never=frozenset({"ann"})),
    "window": lambda: one_visit(windows=(Window(11 * HOUR, 12 * HOUR),)),
    "shift_end": lambda: one_visit(start=16 * HOUR),
    "travel": lambda: one_visit(start=NINE + 300),
    "crew": lambda: one_visit(crew=({}, {})),
    "capacity": lambda: one_visit(officers=[an_officer("ann", a_shift(max_visits=0))]),
    "preparation": lambda: one_visit(setup=600),
    "break": lambda: one_visit(officers=[an_officer("ann", a_shift(breaks=(Break(12 * HOUR, 14 * HOUR, 1800),)))]),
    "work": lambda: breached(a_problem([a_visit()]), a_route(a_stop("cafe", TEN, seconds=60))),
    "shift_start": lambda: breached(a_problem([a_visit(place=0)]), a_route(a_stop("cafe", NINE - 60, arrive=NINE))),
    "mandatory": lambda: breached(a_problem([a_visit(mandatory=True)])),
    "pin": lambda: breached(a_problem([a_visit()], pins=(Pin("cafe", start=11 * HOUR),)), a_route(a_stop("cafe", TEN))),
    "freeze": lambda: breached(a_problem([a_visit()], freeze_until=TEN + 1), a_route(a_stop("cafe", TEN))),
    "known": lambda: breached(a_problem([]), a_route(a_stop("ghost", TEN))),
}


@pytest.mark.parametrize("rule", BREACHES)
def test_each_rule_is_breached_by_what_breaks_it(rule: str) -> None:
    assert rule in BREACHES[rule]()


@pytest.mark.parametrize("rule", [rule for rule in BREACHES if rule not in ("shift_start", "preparation")])
def test_and_no_other_rule_is(rule: str) -> None:
    assert set(BREACHES[rule]()) == {rule}


def test_a_breach_names_needs_has_and_margin() -> None:
    problem = a_problem([a_visit(crew=({"food": 2},))], [an_officer("ann", skills={"food": 1})])
    breach = check(problem, a_plan(problem, a_route(a_stop("cafe", TEN))))[0]
    assert (breach.visit, breach.officer, breach.needs, breach.has, breach.margin) == ("cafe", "ann", "food>=2", "food=1", 1)


def test_a_crew_that_starts_apart_is_a_breach() -> None:
    problem = a_problem([a_visit(crew=({}, {}))], [an_officer("ann"), an_officer("bob")])
    routes = a_route(a_stop("cafe", TEN)), a_route(a_stop("cafe", TEN + 60), officer="bob")
    assert breached(problem, *routes) == ["crew_start"]


def test_a_crew_shares_its_tasks_in_any_order() -> None:
    officers = [an_officer("ann", skills={"licensing": 1}), an_officer("bob", skills={"food": 1})]
    problem = a_problem([a_visit(crew=({"food": 1}, {"licensing": 1}))], officers)
    assert breached(problem, a_route(a_stop("cafe", TEN)), a_route(a_stop("cafe", TEN), officer="bob")) == []


def test_a_place_without_a_road_is_a_breach() -> None:
    problem = a_problem([a_visit()])
    seconds = problem.travel["car"].seconds.copy()
    seconds[:, 1] = -1
    assert breached(replace(problem, travel={"car": Travel(seconds)}), a_route(a_stop("cafe", TEN))) == ["road"]


def test_loads_add_up_on_a_shift() -> None:
    officer = an_officer("ann", a_shift(capacity={"samples": 3}))
    visits = [a_visit("a", load={"samples": 2}), a_visit("b", load={"samples": 2})]
    assert breached(a_problem(visits, [officer]), a_route(a_stop("a", TEN), a_stop("b", 12 * HOUR))) == ["capacity"]


def test_a_shared_setup_is_spent_once() -> None:
    visits = [a_visit("a", setup=600, setup_group="p"), a_visit("b", setup=600, setup_group="p")]
    route = a_route(a_stop("a", TEN, arrive=TEN - 600), a_stop("b", TEN + HOUR))
    assert breached(a_problem(visits), route) == []
    alone = a_problem([replace(visit, setup_group=None) for visit in visits])
    assert breached(alone, route) == ["preparation"]


def test_a_buffer_after_delays_the_next_leg() -> None:
    visits: list[Visit] = [a_visit("a", buffer_after=300), a_visit("b", 2)]
    route = a_route(a_stop("a", TEN), a_stop("b", TEN + HOUR + 600))
    assert breached(a_problem(visits), route) == ["travel"]


def test_remote_work_needs_no_leg() -> None:
    visits = [a_visit("a"), a_visit("call", None, remote=True), a_visit("b", 2)]
    route = a_route(a_stop("a", TEN), a_stop("call", 11 * HOUR), a_stop("b", 12 * HOUR + 600))
    assert breached(a_problem(visits), route) == []


def with_break(start: int, **window: int) -> list[str]:
    pause = Break(window.get("earliest", 0), window.get("latest", 86400), 1800)
    problem = a_problem([a_visit("a"), a_visit("b", 7)], [an_officer("ann", a_shift(breaks=(pause,)))])
    # The leg from a to b takes 3600 s and begins at 11:00; b begins at 12:30.
    stops = (a_stop("a", TEN), BreakStop(0, start, start + 1800), a_stop("b", 12 * HOUR + 1800))
    return breached(problem, Route("ann", "day", stops))


def test_a_break_may_interrupt_a_leg_and_nothing_else() -> None:
    assert with_break(11 * HOUR + 1000) == []
    assert with_break(11 * HOUR - 60) == ["break", "travel"] or with_break(11 * HOUR - 60) == ["break"]
    assert "break" in with_break(12 * HOUR + 60)


def test_a_break_keeps_its_window() -> None:
    assert with_break(11 * HOUR + 1000, latest=42000) == ["break"]


def test_overtime_is_allowed_up_to_its_limit_and_counted() -> None:
    problem = a_problem([a_visit()], [an_officer("ann", a_shift(max_overtime=1800))])
    plan = a_plan(problem, a_route(a_stop("cafe", 16 * HOUR)))
    assert check(problem, plan) == []
    assert plan.cost.overtime_seconds == 600


def test_a_pinned_order_the_wrong_way_round_is_a_breach() -> None:
    problem = a_problem([a_visit("a"), a_visit("b")], pins=(Pin("a", after="b"),))
    assert breached(problem, a_route(a_stop("a", TEN), a_stop("b", 12 * HOUR))) == ["pin"]


def test_more_changes_than_allowed_are_a_breach() -> None:
    base = (a_route(a_stop("cafe", TEN)),)
    problem = a_problem([a_visit()], base=base, stability=Stability(tolerance=900, max_changes=0))
    assert breached(problem, a_route(a_stop("cafe", TEN + 900))) == []
    assert breached(problem, a_route(a_stop("cafe", TEN + 901))) == ["changes"]


def test_a_claimed_cost_is_recomputed() -> None:
    problem = a_problem([a_visit()])
    plan = a_plan(problem, a_route(a_stop("cafe", TEN)))
    assert plan.cost.travel_seconds == 1200
    wrong = replace(plan, cost=replace(plan.cost, travel_seconds=1199))
    assert [breach.rule for breach in check(problem, wrong)] == ["cost"]


def test_a_visit_is_served_once_or_accounted_for() -> None:
    problem = a_problem([a_visit()], [an_officer("ann"), an_officer("bob")])
    assert [breach.rule for breach in check(problem, Plan((), cost=cost_of(problem, Plan(()))))] == ["once"]
    twice = a_route(a_stop("cafe", TEN)), a_route(a_stop("cafe", TEN), officer="bob")
    assert breached(problem, *twice) == ["crew"]


def test_a_plan_for_another_problem_is_refused() -> None:
    problem = a_problem([])
    assert [b.rule for b in check(problem, replace(a_plan(problem), problem_hash="sha256:0"))] == ["problem_hash"]


def test_lateness_counts_started_days() -> None:
    visit = a_visit(due=TEN - 1, late_weight_per_day=3)
    problem = a_problem([visit])
    assert a_plan(problem, a_route(a_stop("cafe", TEN))).cost.late == 3
