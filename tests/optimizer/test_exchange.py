"""The trades: lighter visits give way to a heavier one, and find another place if there is one."""

import pytest

from optimizer.compiled import compile_problem
from optimizer.draft import Draft
from optimizer.exchange import exchange
from optimizer.model import Problem
from tests.optimizer.problems import HOUR, a_problem, a_visit, an_officer


def served_after(problem: Problem, *order: int) -> set[str]:
    """Put these visits on the first route, exchange, and return who is served."""
    draft = Draft(compile_problem(problem))
    assert draft.apply({0: list(order)}) is not None
    exchange(draft)
    return {problem.visits[visit].id for visit, duties in enumerate(draft.where) if duties}


@pytest.mark.parametrize("count", [1, 2])
def test_lighter_visits_of_one_route_give_way_to_a_heavier_one(count: int) -> None:
    light = [a_visit(f"light{i}", 0, seconds=8 * HOUR // count, weight=2) for i in range(count)]
    heavy = a_visit("heavy", 0, seconds=8 * HOUR, weight=5)
    assert served_after(a_problem([*light, heavy]), *range(count)) == {"heavy"}


def test_visits_of_the_same_weight_stay() -> None:
    both = [a_visit("a", 0, seconds=4 * HOUR, weight=2), a_visit("b", 0, seconds=4 * HOUR, weight=2)]
    heavy = a_visit("heavy", 0, seconds=8 * HOUR, weight=4)
    assert served_after(a_problem([*both, heavy]), 0, 1) == {"a", "b"}


def test_who_gave_way_goes_elsewhere() -> None:
    light = a_visit("light", 0, seconds=6 * HOUR, weight=1)
    heavy = a_visit("heavy", 0, seconds=6 * HOUR, weight=2, only=frozenset({"ann"}))
    officers = [an_officer("ann"), an_officer("bob")]
    assert served_after(a_problem([light, heavy], officers), 0) == {"light", "heavy"}


def test_a_mandatory_visit_gives_way_to_none() -> None:
    must = a_visit("must", 0, seconds=8 * HOUR, weight=1, mandatory=True)
    heavy = a_visit("heavy", 0, seconds=8 * HOUR, weight=9)
    assert served_after(a_problem([must, heavy]), 0) == {"must"}
