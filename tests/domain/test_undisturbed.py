"""Room on a day as it stands."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.domain.resource_day import Fact, ResourceDay, Stop, StopKind
from server.domain.undisturbed import room_for, with_undisturbed
from tests.makers.days import PLACES, Wish, built, legs, resource_days

NEW = 99_999


def consultation(start: int, work: int, place: int | None) -> Stop:
    where = None if place is None else PLACES[place]
    return Stop(NEW, StopKind.REMOTE, where, work, start, start + 1, start)


@given(resource_days(), st.integers(0, 30_000), st.integers(60, 3_600), st.sampled_from((None, 0, 1, 2)))
def test_what_finds_room_changes_no_other_row(day: ResourceDay, start: int, work: int, place: int | None) -> None:
    stop = consultation(start, work, place)
    position = room_for(day, stop.place, stop.busy)
    if position is None:
        return
    after = with_undisturbed(day, position, stop)
    assert after.defects() == day.defects()
    assert [row for row in after.occupancies() if row.id != NEW] == day.occupancies()
    relinked = after.relinked(legs, fresh={NEW})
    assert [one.travel for one in relinked.stops if one.occupancy == NEW] == [0]
    assert after.recut(lambda: NEW + 1).occupancies() == after.occupancies()


@given(resource_days(), st.integers(0, 30_000), st.integers(60, 3_600))
def test_time_that_somebody_has_is_no_room(day: ResourceDay, start: int, work: int) -> None:
    stop = consultation(start, work, None)
    taken = [row for row in day.occupancies() if row.busy.start < day.span.at(start + work)]
    if any(row.busy.end > day.span.at(start) for row in taken):
        assert room_for(day, None, stop.busy) is None


def test_an_absence_leaves_no_room() -> None:
    free = replace(built([], 28_800), facts=(Fact(7, 3_600, 7_200),))
    away = free.recut(lambda: 8)
    assert room_for(away, None, (7_000, 7_600)) is None
    assert room_for(away, None, (7_200, 7_600)) == 1


def test_nobody_is_sent_elsewhere_or_home_later() -> None:
    away = built([Wish(StopKind.STOP, PLACES[3], 3_600, 0, 0, 0, 0, 0, 0, 0, False)], 20_000)
    end = away.stops[0].busy[1] + away.home_travel
    assert away.home_travel
    assert room_for(away, None, (end + 60, end + 660)) is None
    home = built([], 20_000)
    assert room_for(home, PLACES[0], (60, 660)) == 0
    assert room_for(home, PLACES[3], (60, 660)) is None
