"""The officer-day: removing, inserting, cutting facts, and the rows that it must have."""

from dataclasses import replace
from datetime import timedelta
from itertools import count, pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from server.domain.day_rows import bitmap, diff, longest_gap
from server.domain.geography import Position
from server.domain.resource_day import Fact, Legs, ResourceDay, Stop, StopKind
from server.domain.spans import Span
from tests.makers.days import BASE, PLACES, SHIFT, Wish, built, legs, resource_days

SUBSETS = st.sets(st.integers(1, 7))


def legs_of(known: dict[tuple[Position, Position], int]) -> Legs:
    """Return the legs of a table; a place is 0 s from itself."""
    return lambda start, end: 0 if start == end else known[start, end]


def stop(number: int, start: int, place: Position | None = PLACES[1], **more: int) -> Stop:
    return replace(Stop(number, StopKind.STOP, place, 600, 0, 30_000, start), **more)  # type: ignore[arg-type]


def day_of(*stops: Stop, **more: object) -> ResourceDay:
    empty = replace(built([], 0), span=Span(SHIFT, SHIFT + timedelta(hours=8)))
    return replace(empty, stops=stops, **more)  # type: ignore[arg-type]


def recut(day: ResourceDay) -> ResourceDay:
    numbers = count(4_000)
    return day.recut(lambda: next(numbers))


def travelled(day: ResourceDay) -> list[tuple[int, Position, Position]]:
    """Return each journey: its seconds, where it begins, where it ends."""
    found, here, seconds = [], day.base, 0
    for one in day.stops:
        seconds += one.travel
        if one.place is not None:
            found.append((seconds, here, one.place))
            here, seconds = one.place, 0
    return [*found, (seconds + day.home_travel, here, day.base)]


def test_the_strategy_makes_days_that_could_be_stored() -> None:
    @given(resource_days())
    def check(day: ResourceDay) -> None:
        assert day.defects() == []
        assert all(seconds == legs(start, end) for seconds, start, end in travelled(day))

    check()


@given(resource_days(), SUBSETS)
def test_removing_never_makes_a_defect_and_only_shrinks_the_travel(day: ResourceDay, gone: set[int]) -> None:
    left = day.without(gone, legs)
    assert recut(left).defects() == []
    assert [s.occupancy for s in left.stops] == [s.occupancy for s in day.stops if s.occupancy not in gone]
    assert [s.start for s in left.stops] == [s.start for s in day.stops if s.occupancy not in gone]
    assert left.travel_seconds() <= day.travel_seconds()
    assert all(seconds == legs(start, end) for seconds, start, end in travelled(left))


BREAK_ON_A_LEG = built(
    [
        Wish(StopKind.STOP, PLACES[3], 600, 0, 0, 0, 0, 0, 0, 0, False),
        Wish(StopKind.BREAK, None, 600, 0, 0, 0, 0, 0, 1000, 0, False),
        Wish(StopKind.STOP, PLACES[6], 600, 0, 0, 0, 0, 0, 0, 0, False),
    ],
    3_600,
)


def test_removing_the_stop_before_a_break_that_lies_on_a_leg_puts_the_longer_way_before_the_break() -> None:
    left = BREAK_ON_A_LEG.without([1], legs)
    assert left.defects() == []
    assert sum(one.travel for one in left.stops) == legs(BASE, PLACES[6])


@given(resource_days(), SUBSETS)
def test_removing_never_fails_on_legs_that_nobody_measured(day: ResourceDay, gone: set[int]) -> None:
    left = day.without(gone, legs_of({}))
    assert recut(left).defects() == []
    assert all(seconds >= legs(start, end) for seconds, start, end in travelled(left))


@given(resource_days(), SUBSETS)
def test_removing_never_fails_where_there_is_no_way(day: ResourceDay, gone: set[int]) -> None:
    left = day.without(gone, lambda start, end: 0 if start == end else -1)
    assert recut(left).defects() == []
    assert left.travel_seconds() <= day.travel_seconds()


@given(resource_days())
def test_a_day_from_which_everything_was_removed_is_empty(day: ResourceDay) -> None:
    left = day.without([one.occupancy for one in day.stops], legs)
    assert (left.stops, left.home_travel, left.occupancies()) == ((), 0, [])


@given(resource_days(), SUBSETS)
def test_the_diff_applied_to_the_old_rows_gives_the_new_rows(day: ResourceDay, gone: set[int]) -> None:
    numbers = count(2_000)
    after = day.without(gone, legs).recut(lambda: next(numbers))
    changes = diff([day], [after])
    rows = {row.id: row for row in day.occupancies() if row.id not in changes.gone}
    assert {row.id for row in changes.moved} <= rows.keys()
    assert not {row.id for row in changes.added} & rows.keys()
    rows |= {row.id: row for row in (*changes.moved, *changes.added)}
    assert rows == {row.id: row for row in after.occupancies()}


def test_a_day_that_did_not_change_has_no_diff() -> None:
    changes = diff([BREAK_ON_A_LEG], [BREAK_ON_A_LEG])
    assert (changes.gone, changes.moved, changes.added) == ((), (), ())


@given(resource_days())
def test_the_bitmap_has_a_bit_for_every_five_minutes_in_which_a_second_is_busy(day: ResourceDay) -> None:
    busy = {s for row in day.occupancies() for s in range(day.span.offset(row.busy.start), day.span.offset(row.busy.end))}
    found = int.from_bytes(bitmap(day), "little")
    steps = -(-day.span.seconds // 300)
    assert [bool(found >> k & 1) for k in range(steps)] == [
        any(s in busy for s in range(300 * k, min(300 * k + 300, day.span.seconds))) for k in range(steps)
    ]
    assert found >> steps == 0


@given(resource_days(most=4))
def test_the_longest_gap_is_the_longest_run_of_idle_seconds(day: ResourceDay) -> None:
    taken = bytearray(day.span.seconds)
    for row in day.occupancies():
        low, high = day.span.offset(row.busy.start), day.span.offset(row.busy.end)
        taken[low:high] = b"\1" * (high - low)
    assert longest_gap(day) == max(map(len, bytes(taken).split(b"\1")))


@given(resource_days())
def test_the_rows_of_a_day_do_not_overlap_and_lie_in_the_shift(day: ResourceDay) -> None:
    rows = sorted(day.occupancies(), key=lambda row: row.busy)
    assert all(first.busy.end <= second.busy.start for first, second in pairwise(rows))
    assert all(day.span.start <= row.busy.start and row.busy.end <= day.span.end for row in rows)
    assert len({row.id for row in rows}) == len(rows)


@given(resource_days())
def test_facts_block_exactly_the_seconds_that_no_stop_has(day: ResourceDay) -> None:
    blocked = [s for one in day.stops if one.kind is StopKind.BLOCKED for s in range(*one.busy)]
    others = [r for r in day.occupancies() if r.kind != "overlay"]
    busy = {s for row in others for s in range(day.span.offset(row.busy.start), day.span.offset(row.busy.end))}
    facts = {s for fact in day.facts for s in range(fact.start, fact.end)}
    assert len(blocked) == len(set(blocked))
    assert set(blocked) == facts - busy


@given(resource_days())
def test_cutting_again_changes_nothing(day: ResourceDay) -> None:
    numbers = count(3_000)
    assert day.recut(lambda: next(numbers)) == day


def test_a_fact_opens_where_a_stop_leaves() -> None:
    numbers = count(50)
    day = day_of(stop(1, 3_600), facts=(Fact(9, 3_000, 5_000),)).recut(lambda: next(numbers))
    assert [one.busy for one in day.stops] == [(3_000, 3_600), (3_600, 4_200), (4_200, 5_000)]
    freed = day.without([1], legs).recut(lambda: next(numbers))
    assert [one.busy for one in freed.stops] == [(3_000, 5_000)]
    assert freed.stops[0].occupancy in {50, 51}, "the row is kept"


def test_a_fact_collides_with_promises_only() -> None:
    day = day_of(stop(1, 0, booking=5), stop(2, 1_000, visit=6), stop(3, 2_000, hold=7), facts=(Fact(9, 500, 2_001),))
    assert [one.occupancy for one in day.collisions()] == [1, 3]
    assert replace(day, facts=(Fact(9, 600, 2_000),)).collisions() == [], "ranges are half-open"


@given(resource_days(), st.integers(-100, 40_100), st.integers(1, 7))
def test_holds_leave_when_their_time_is_out_but_for_the_one_kept(day: ResourceDay, now: int, kept: int) -> None:
    left = day.without_expired(day.span.at(now), legs, keep=kept + 300)
    gone = {s.occupancy for s in day.stops} - {s.occupancy for s in left.stops}
    assert gone == {s.occupancy for s in day.stops if s.kind is StopKind.HOLD and s.expires <= now and s.hold != kept + 300}
    assert recut(left).defects() == []


@given(resource_days(with_facts=False), st.data())
def test_a_stop_taken_out_and_put_back_gives_the_same_day(day: ResourceDay, data: st.DataObject) -> None:
    whole = [(i, one) for i, one in enumerate(day.stops) if one.place is not None]
    assume(whole)
    position, one = data.draw(st.sampled_from(whole))
    without = day.without([one.occupancy], legs)
    assume(not any(s.place is None and s.travel for s in (*day.stops, *without.stops)))
    back = without.with_stop(one, position, [old.start for old in day.stops], legs)
    assert replace(back, home=day.home) == day


def test_a_leg_that_was_not_measured_is_not_guessed_when_a_stop_is_added() -> None:
    day = day_of(stop(1, 3_600))
    try:
        day.with_stop(stop(2, 0, PLACES[2]), 0, [0, 3_600], legs_of({}))
    except KeyError:
        return
    raise AssertionError("a leg was invented")


def test_every_defect_is_named() -> None:
    late = day_of(stop(1, 28_500))
    assert late.defects() == ["the day ends 300 s after the shift"]
    assert day_of(stop(1, 0), stop(2, 599)).defects() == ["stop 2 starts 1 s before the one before it has ended"]
    assert day_of(stop(1, 600, travel=601)).defects() == ["stop 1 starts 1 s before the one before it has ended"]
    early = day_of(replace(stop(1, 600), earliest=601))
    assert early.defects() == ["stop 1 starts at 600, outside 601 .. 30000"]
    assert day_of(replace(stop(1, 600), latest=600)).defects() == ["stop 1 starts at 600, outside 0 .. 600"]
    assert day_of(home_travel=5).defects() == ["a way home without a stop"]
    assert day_of(stop(1, 0), home_travel=28_201).defects() == ["the day ends 1 s after the shift"]


def test_a_known_place_is_no_way_from_itself() -> None:
    table: Legs = legs_of({(PLACES[1], PLACES[2]): 30})
    assert (table(PLACES[1], PLACES[2]), table(PLACES[3], PLACES[3])) == (30, 0)
