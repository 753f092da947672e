"""A search or a change of many days must not measure every place against every other."""

from collections.abc import Collection

import pytest

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.places.travel import GisTravel
from server.usecases.ports import LegTable
from tests.makers.world import ADVICE, FRIDAY, THURSDAY, World, at, between
from tests.review.planned import planned, publish


def watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of places between which all pairs are measured from now on."""
    sizes: list[int] = []
    table = GisTravel.table

    def counted(self: GisTravel, mode: TravelMode, places: Collection[Position]) -> LegTable:
        sizes.append(len(places))
        return table(self, mode, places)

    monkeypatch.setattr(GisTravel, "table", counted)
    return sizes


def test_a_search_measures_legs_within_days_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, site in ((THURSDAY, 0), (FRIDAY, 1)):
        world.book(ADVICE.code, at(day, 9), site, officer="anna")
        world.book(ADVICE.code, at(day, 9), site + 2, officer="ben")
    world.due(4, 5)
    publish(world, planned(world))
    sizes = watched(monkeypatch)
    assert world.search(ADVICE.code, between(THURSDAY, 8, 40), 3)
    assert max(sizes, default=0) <= 4, "base and at most three stops of one day"


def test_an_absence_measures_legs_within_days_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, site in ((THURSDAY, 0), (FRIDAY, 1)):
        world.book(ADVICE.code, at(day, 9), site, officer="anna")
        world.book(ADVICE.code, at(day, 11), site + 2, officer="anna")
    sizes = watched(monkeypatch)
    world.absent("anna", between(THURSDAY, 8, 40))
    assert max(sizes) <= 3, "base and two stops of one day"
