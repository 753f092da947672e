"""The memory of legs is emptied when it is full: nobody who is using it may notice."""

import pytest

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.places import travel
from server.places.travel import GisTravel


def test_a_memory_that_is_emptied_on_the_way_loses_no_leg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(travel, "MOST_REMEMBERED_LEGS", 5)
    here, *there = (Position(60_170_000 + 1_000 * step, 24_940_000) for step in range(5))
    measured = GisTravel(None)
    known = measured.reach(TravelMode.CAR, here, there[:2])
    reach = measured.reach(TravelMode.CAR, here, there)
    assert set(reach.to_place) == set(reach.from_place) == set(there)
    assert reach.to_place[there[0]] == known.to_place[there[0]]
