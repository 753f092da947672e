"""The priority matrix is data: a rating gives a visit its weight and level."""

import pytest

from server.domain.commands import NewVisit, VisitFilter, VisitOrder
from server.domain.emergency import NewEmergency
from server.domain.errors import InvalidField
from server.domain.paging import Page
from server.domain.priority import Priority, PriorityMatrix, Rating
from server.store import tables
from tests.makers.world import ADVICE, BOSS, SURPRISE, THURSDAY, World, at

SERIOUS, MINOR = Rating("serious", "likely"), Rating("minor", "unlikely")
MATRIX = PriorityMatrix((Priority(SERIOUS, "urgent", 900), Priority(MINOR, "routine", 10)))


@pytest.fixture
def rated(world: World) -> World:
    world.app.priorities.replace(world.request(BOSS), MATRIX)
    return world


def due(world: World, rating: Rating | None, weight: int = 0) -> NewVisit:
    return NewVisit(SURPRISE.code, world.premises[1].id, "north", weight, rating=rating)


def test_a_rating_gives_weight_and_level_and_visits_are_listed_by_it(rated: World) -> None:
    """M01."""
    assert rated.app.priorities.get(BOSS) == MATRIX
    rated.app.visits.create(rated.request(BOSS), [due(rated, SERIOUS), due(rated, MINOR), due(rated, None, 100)])
    listed = rated.app.visits.list(BOSS, Page(2), VisitFilter(order=VisitOrder.HEAVIEST))
    assert [(v.visit.weight, v.visit.priority) for v in listed.items] == [(900, "urgent"), (100, "")]
    rest = rated.app.visits.list(BOSS, Page(2, listed.next_token), VisitFilter(order=VisitOrder.HEAVIEST))
    assert [(v.visit.weight, v.visit.priority) for v in rest.items] == [(10, "routine")]


def test_an_emergency_weighs_what_its_rating_says(rated: World) -> None:
    """M01."""
    rated.clock.now = at(THURSDAY, 10)
    new = NewEmergency(ADVICE.code, rated.premises[1].id, rating=SERIOUS)
    view = rated.app.emergencies.create(rated.request(BOSS), new).view
    assert (view.visit.weight, view.visit.priority) == (900, "urgent")


def test_another_matrix_takes_the_place_of_the_first_and_is_audited(rated: World) -> None:
    rated.app.priorities.replace(rated.request(BOSS), PriorityMatrix((Priority(MINOR, "low", 5),)))
    with pytest.raises(InvalidField, match=r"visits\[0\].rating: serious x likely is not in the priority matrix"):
        rated.app.visits.create(rated.request(BOSS), [due(rated, SERIOUS)])
    assert [row.action for row in rated.rows(tables.audit)] == ["priorities.replaced"] * 2


def test_a_visit_needs_a_weight_or_a_rating_and_a_matrix_each_rating_once(rated: World) -> None:
    with pytest.raises(InvalidField, match="give a weight from 1 to 10000, or a rating"):
        rated.app.visits.create(rated.request(BOSS), [due(rated, None)])
    with pytest.raises(InvalidField, match="stands there twice"):
        PriorityMatrix((Priority(MINOR, "low", 5), Priority(MINOR, "high", 6)))
    assert not rated.rows(tables.visit)
