"""Two callers at once, each of whom read before the other wrote."""

import pytest

from server.domain.visit import VisitState
from server.store import tables
from tests.makers.world import FRIDAY, THURSDAY, World
from tests.review.planned import planned, publish, while_merging


def test_a_visit_withdrawn_while_a_plan_is_published_stays_withdrawn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on no route yet, so the two have no day's lock in common."""
    visit = world.due(1)[0]
    plan = planned(world)
    with while_merging(monkeypatch, lambda: publish(world, plan)):
        world.app.visits.withdraw(world.request(), visit.name, "")
    assert world.visit(visit.id).state is VisitState.WITHDRAWN
    assert [row for row in world.rows(tables.occupancy) if row.visit_id == visit.id] == []


def test_plans_of_two_days_published_at_once_do_a_visit_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = world.due(1)[0]
    thursday, friday = planned(world, THURSDAY), planned(world, FRIDAY)
    with while_merging(monkeypatch, lambda: publish(world, friday)):
        monkeypatch.undo()
        publish(world, thursday)
    assert [row.day for row in world.rows(tables.occupancy) if row.visit_id == visit.id] == [THURSDAY]
