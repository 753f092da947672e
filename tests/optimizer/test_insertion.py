"""Slot offers: the evaluator against brute force, which tries every position and walks the day."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from optimizer.insertion import Candidate, Day, Insertion, gaps, insertions, placed
from optimizer.model import Int32
from optimizer.slack import Days, Positions
from tests.makers.slow_insertion import slow_insertions

PLACES = 5
EVER = 1 << 30
quick = settings(max_examples=150, deadline=None, database=None)
Case = tuple[Day, Candidate, list[list[int]], list[int], list[int]]


def numbers(values: list[int]) -> Int32:
    return np.array(values, dtype=np.int32)


def day_of(span: int, end: int, columns: list[list[int]], home: int) -> Day:
    """A day from place 0; columns in the order of Day, from place to travel."""
    place, earliest, latest, before, work, after, start, travel = map(numbers, columns)
    return Day(span, 0, end, place, earliest, latest, before, work, after, start, travel, home)


def together(days: Sequence[Day]) -> Days:
    """The days as many at once."""

    def flat(name: str) -> Int32:
        return np.concatenate([getattr(day, name) for day in days])

    def each(values: list[int]) -> Int32:
        return np.array(values, dtype=np.int32)

    counts = np.array([len(day.place) for day in days], np.intp)
    working = [len(day.place) if day.working is None else day.working for day in days]
    return Days(
        counts=counts,
        working=np.array(working, np.intp),
        span=each([day.span for day in days]),
        start_place=each([day.start_place for day in days]),
        end_place=each([day.end_place for day in days]),
        home_travel=each([day.home_travel for day in days]),
        place=flat("place"),
        earliest=flat("earliest"),
        latest=flat("latest"),
        before=flat("before"),
        lasts=flat("work") + flat("after"),
        start=flat("start"),
        travel=flat("travel"),
    )


def walk(day: Day, legs: list[list[int]], places: list[int]) -> tuple[list[int], int]:
    """Return the leg into each stop and the leg home, for stops at these places (-1: where the officer is)."""
    here, travel = day.start_place, []
    for place in places:
        travel.append(0 if place < 0 else legs[here][place])
        here = here if place < 0 else place
    return travel, legs[here][day.end_place]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A feasible day: built by walking it, its bounds then laid around the starts it has."""
    leg = st.integers(1, 50)
    legs = [[0 if i == j else draw(leg) for j in range(PLACES + 1)] for i in range(PLACES + 1)]
    count = draw(st.integers(0, 5))
    places = draw(st.lists(st.integers(-1, PLACES - 1), min_size=count, max_size=count))
    durations = [[draw(st.integers(0, 20)) for _ in range(count)] for _ in range(3)]
    bare = day_of(0, draw(st.integers(0, PLACES - 1)), [[]] * 8, 0)
    travel, home = walk(bare, legs, places)
    at, starts = 0, []
    for i in range(count):
        at += travel[i] + durations[0][i] + draw(st.integers(0, 40))
        starts.append(at)
        at += durations[1][i] + durations[2][i]
    span = at + home + draw(st.integers(0, 60))
    earliest = [max(0, start - draw(st.integers(0, 40))) for start in starts]
    latest = [start + draw(st.integers(0, 40)) for start in starts]
    columns = [places, earliest, latest, *durations, starts, travel]
    day = day_of(span, bare.end_place, columns, home)
    opens = draw(st.integers(0, 100))
    windows = ((opens, opens + draw(st.integers(1, 60))), (opens + 80, opens + 140))
    remote = draw(st.booleans()) and draw(st.booleans())
    candidate = Candidate(draw(st.integers(0, 30)), draw(st.integers(0, 5)), draw(st.integers(0, 5)), remote, windows)
    to_new = [row[PLACES] for row in legs[:PLACES]]
    from_new = legs[PLACES][:PLACES]
    if draw(st.booleans()):
        to_new[draw(st.integers(0, PLACES - 1))] = -1
    return day, candidate, legs, to_new, from_new


def with_new(legs: list[list[int]], to_new: list[int], from_new: list[int]) -> list[list[int]]:
    """Return the legs with the new stop as the last place."""
    return [[*row[:PLACES], to] for row, to in zip(legs, to_new, strict=False)] + [[*from_new, 0]]


def in_time(day: Day, candidate: Candidate, position: int, legs: list[list[int]], starts: list[int]) -> bool:
    """Walk the day as said: every leg, buffer and piece of work fits between the starts."""
    new = -1 if candidate.remote else PLACES
    travel, home = walk(day, legs, [*day.place[:position].tolist(), new, *day.place[position:].tolist()])
    before = [*day.before[:position].tolist(), candidate.before, *day.before[position:].tolist()]
    lasts = [*(day.work + day.after)[:position].tolist(), candidate.work + candidate.after]
    lasts += (day.work + day.after)[position:].tolist()
    ends = [0, *(start + last for start, last in zip(starts, lasts, strict=True))]
    arrivals = [end + leg + ahead for end, leg, ahead in zip(ends, travel, before, strict=False)]
    return all(a <= start for a, start in zip(arrivals, starts, strict=True)) and ends[-1] + home <= day.span


def forced(case: Case, position: int, start: int) -> list[int] | None:
    """Walk the day with the candidate at this position and start; None if some stop comes too late."""
    day, candidate, legs, to_new, from_new = case
    full = with_new(legs, to_new, from_new)
    new = -1 if candidate.remote else PLACES
    places = [*day.place[:position].tolist(), new, *day.place[position:].tolist()]
    travel, home = walk(day, full, places)
    if min([*travel, home]) < 0:
        return None
    at, starts, old = 0, list[int](), 0
    for i in range(len(places)):
        if i == position:
            arrive = at + travel[i] + candidate.before
            if arrive > start:
                return None
            starts.append(start)
            at = start + candidate.work + candidate.after
            continue
        begin = max(at + travel[i] + int(day.before[old]), int(day.earliest[old]))
        if begin > day.latest[old]:
            return None
        starts.append(begin)
        at = begin + int(day.work[old] + day.after[old])
        old += 1
    return starts if at + home <= day.span else None


def by_force(case: Case) -> Iterator[tuple[int, int, int]]:
    """Yield (position, earliest, latest start) for every window, second by second."""
    day, candidate = case[0], case[1]
    for position in range(len(day.place) + 1):
        for opens, closes in candidate.windows:
            possible = [start for start in range(opens, closes) if forced(case, position, start) is not None]
            if possible:
                yield position, possible[0], possible[-1]


@seed(3)
@quick
@given(cases())
def test_insertions_are_those_that_brute_force_finds(case: Case) -> None:
    day, candidate, _, to_new, from_new = case
    found = insertions(day, candidate, numbers(to_new), numbers(from_new))
    assert sorted((i.position, i.earliest_start, i.latest_start) for i in found) == sorted(by_force(case))
    assert [(i.extra_travel, i.earliest_start) for i in found] == sorted((i.extra_travel, i.earliest_start) for i in found)


@seed(4)
@quick
@given(cases())
def test_the_other_stops_keep_their_bounds_and_move_only_if_they_must(case: Case) -> None:
    day, candidate, legs, to_new, from_new = case
    full = with_new(legs, to_new, from_new)
    for insertion in insertions(day, candidate, numbers(to_new), numbers(from_new)):
        for start in {insertion.earliest_start, insertion.latest_start}:
            starts = list(placed(day, candidate, insertion, start, numbers(to_new), numbers(from_new)))
            assert starts.pop(insertion.position) == start
            pairs = list(zip(starts, day.start.tolist(), day.earliest.tolist(), day.latest.tolist(), strict=True))
            assert all(earliest <= now <= latest for now, _, earliest, latest in pairs)
            assert all(now <= planned for now, planned, _, _ in pairs[: insertion.position])
            starts.insert(insertion.position, start)
            assert in_time(day, candidate, insertion.position, full, starts)


def a_day(*starts: int, span: int = 1000) -> Day:
    """Stops of 100 s at place 1, 10 s from place 0."""
    count = len(starts)
    travel = [10 if i == 0 else 0 for i in range(count)]
    columns = [[1] * count, [0] * count, [900] * count, [0] * count, [100] * count, [0] * count, list(starts), travel]
    return day_of(span, 0, columns, 10 if count else 0)


def test_the_extra_travel_is_what_the_new_legs_add_to_the_old_one() -> None:
    found = insertions(a_day(100), Candidate(work=50), numbers([30, 25]), numbers([30, 25]))
    assert {(i.position, i.extra_travel) for i in found} == {(0, 30 + 25 - 10), (1, 25 + 30 - 10)}


def test_an_unreachable_place_has_no_insertion() -> None:
    assert insertions(a_day(), Candidate(work=50), numbers([-1, -1]), numbers([5, 5])) == []
    assert insertions(a_day(), Candidate(work=50), numbers([5, 5]), numbers([-1, -1])) == []


def test_remote_work_adds_no_travel() -> None:
    found = insertions(a_day(100), Candidate(work=50, remote=True), numbers([]), numbers([]))
    assert {i.extra_travel for i in found} == {0}


def test_a_day_that_is_late_already_takes_nothing() -> None:
    assert insertions(a_day(100, 200, span=150), Candidate(work=1), numbers([1, 1]), numbers([1, 1])) == []


def test_a_start_outside_the_insertion_is_refused() -> None:
    insertion = Insertion(position=0, earliest_start=10, latest_start=20, extra_travel=0)
    with pytest.raises(ValueError, match=r"\[10, 20\]"):
        placed(a_day(), Candidate(work=1), insertion, 21, numbers([0, 0]), numbers([0, 0]))


def last_place(day: Day) -> int:
    """How many stops there are up to the last one with a place."""
    return max((number for number, place in enumerate(day.place.tolist(), 1) if place >= 0), default=0)


@seed(5)
@quick
@given(st.lists(cases(), min_size=1, max_size=6), st.data())
def test_many_days_at_once_are_each_day_alone(drawn: list[Case], data: st.DataObject) -> None:
    """And both are what the slow oracle says, with time away behind the stops that are worked."""
    candidate, to_new, from_new = drawn[0][1], numbers(drawn[0][3]), numbers(drawn[0][4])
    days = [replace(case[0], working=data.draw(st.integers(last_place(case[0]), len(case[0].place)))) for case in drawn]
    found = gaps(Positions.of(together(days)), replace(candidate, windows=()), to_new, from_new)
    for number, day in enumerate(days):
        mine = found.day == number
        columns = (found.position, found.first, found.last, found.extra)
        here = {Insertion(*row) for row in zip(*(column[mine].tolist() for column in columns), strict=True)}
        whole = replace(candidate, windows=((-EVER, EVER),))
        assert here == set(insertions(day, whole, to_new, from_new))
        assert here == set(slow_insertions(day, whole, to_new, from_new))


@seed(6)
@quick
@given(cases(), st.integers(-20, 200))
def test_nobody_leaves_for_the_new_stop_before_they_can(case: Case, since: int) -> None:
    day, candidate, _, to_new, from_new = case
    vectors = numbers(to_new), numbers(from_new)
    later = gaps(Positions.of(together([day])), candidate, *vectors, numbers([since]))
    expected = set()
    for found in slow_insertions(day, replace(candidate, windows=((-EVER, EVER),)), *vectors):
        here = next((p for p in reversed(day.place[: found.position].tolist()) if p != -1), day.start_place)
        soonest = since if candidate.remote else since + to_new[here] + candidate.before
        first = max(found.earliest_start, soonest)
        if first <= found.latest_start:
            expected.add((found.position, first, found.latest_start))
    assert {*zip(*(c.tolist() for c in (later.position, later.first, later.last)), strict=True)} == expected
