"""The short way to a slot ends where the long one would."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.errors import SlotTaken
from server.usecases import plain_claims
from tests.makers.world import CALL, THURSDAY, World, at, between


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Say of each claim that was made whether the short way took it."""
    found = list[bool]()
    place = plain_claims.place

    def noted(*arguments: object) -> object:
        found.append(False)
        answer = place(*arguments)  # type: ignore[arg-type]
        found[-1] = True
        return answer

    monkeypatch.setattr(plain_claims, "place", noted)
    return found


def test_a_free_officer_takes_a_call_by_the_short_way(world: World, short: list[bool]) -> None:
    booked = [world.book(CALL.code, at(THURSDAY, 9)) for _ in range(3)]
    assert [view.officers for view in booked] == [("anna",), ("ben",), ("cleo",)]
    assert short == [True, True, True]
    with pytest.raises(SlotTaken) as refused:
        world.book(CALL.code, at(THURSDAY, 9))
    assert len(refused.value.alternatives) >= 3


def test_a_break_gives_way_only_by_the_long_way(world: World, short: list[bool]) -> None:
    noon = at(THURSDAY, 11)
    assert world.book(CALL.code, noon, officer="ben").officers == ("ben",)
    assert short == []
    assert world.day("ben", THURSDAY).stops[-1].start > world.day("ben", THURSDAY).span.offset(noon)


def test_a_hold_that_has_run_out_gives_its_time_back(world: World, short: list[bool]) -> None:
    world.hold(CALL.code, at(THURSDAY, 9), ttl_s=60, officer="anna")
    world.clock.forward(minutes=5)
    assert world.book(CALL.code, at(THURSDAY, 9), officer="anna").officers == ("anna",)
    assert world.book(CALL.code, at(THURSDAY, 10), officer="anna").officers == ("anna",)
    assert short[-1] is True


def test_free_days_are_those_whose_bits_are_clear(world: World) -> None:
    world.book(CALL.code, at(THURSDAY, 9), officer="anna")
    everybody = {officer.id: code for code, officer in world.officers.items()}
    span = between(THURSDAY, 9, 10)
    for minute in range(-10, 30, 5):
        busy = replace(span, start=span.start + timedelta(minutes=minute), end=span.start + timedelta(minutes=minute + 10))
        with world.app.store.begin() as tx:
            free = {everybody[who] for _, who in tx.days.free(everybody, busy, 4)}
            assert [everybody[who] for _, who in tx.days.free(everybody, busy, 1)] == [min(free)]
        assert ("anna" in free) == (minute >= 15 or minute + 10 <= 0)
        assert {"ben", "cleo"} <= free
