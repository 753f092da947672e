"""Officer-days that could be stored: in order, inside their windows, every leg as long as the way."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import strategies as st

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.resource_day import Fact, ResourceDay, Stop, StopKind
from server.domain.spans import Span

DAY = date(2026, 3, 26)
SHIFT = datetime(2026, 3, 26, 6, 0, tzinfo=UTC)
PLACES = tuple(Position(60_000_000 + 900 * k % 4_000, 24_000_000 + 700 * k * k % 3_000) for k in range(7))
BASE = PLACES[0]
FIRST_NEW_ID = 1_000


def legs(start: Position, end: Position) -> int:
    """Return a way along the grid, a second per hundred millionths of a degree or part of it."""
    return -(-abs(start.lat_e6 - end.lat_e6) // 10) + -(-abs(start.lon_e6 - end.lon_e6) // 10)


@dataclass(frozen=True)
class Wish:
    """A stop before it has its time: `idle` s are spent before it, `piece` thousandths of the next leg before a break."""

    kind: StopKind
    place: Position | None
    work: int
    idle: int
    before: int
    after: int
    early: int
    late: int
    piece: int
    expires: int
    fixed: bool


PLACED, PLACELESS = (StopKind.STOP, StopKind.HOLD), (StopKind.REMOTE, StopKind.BREAK, StopKind.HOLD)


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    place = draw(st.sampled_from((*PLACES, None)))
    kind = draw(st.sampled_from(PLACED if place else PLACELESS))
    seconds = st.integers(0, 1_200)
    buffers = st.sampled_from((0, 0, 60, 300))
    return Wish(
        kind=kind,
        place=place,
        work=draw(st.integers(1, 3_600)),
        idle=draw(seconds),
        before=draw(buffers),
        after=draw(buffers),
        early=draw(seconds),
        late=draw(seconds),
        piece=draw(st.sampled_from((0, 0, 300, 1000))) if kind is StopKind.BREAK else 0,
        expires=draw(st.integers(-600, 40_000)),
        fixed=draw(st.booleans()),
    )


@st.composite
def resource_days(draw: st.DrawFn, most: int = 7, with_facts: bool = True) -> ResourceDay:
    """Draw a day without defects, its facts cut into the idle time."""
    day = built(draw(st.lists(wishes(), max_size=most)), draw(st.integers(0, 7_200)))
    if not with_facts:
        return day
    ends = st.integers(0, day.span.seconds)
    ranges = draw(st.lists(st.tuples(ends, ends), max_size=2))
    facts = tuple(Fact(900 + k, min(pair), max(pair)) for k, pair in enumerate(ranges) if pair[0] != pair[1])
    numbers = count(500)
    return replace(day, facts=facts).recut(lambda: next(numbers))


def built(wanted: list[Wish], idle_at_the_end: int) -> ResourceDay:
    """Return the day in which every wish comes true, one after the other."""
    stops: list[Stop] = []
    here, clock, ahead = BASE, 0, 0
    for number, wish in enumerate(wanted, 1):
        travel, ahead = _leg(wish, wanted[number:], here, ahead)
        start = clock + wish.idle + travel + wish.before
        stops.append(_stop(number, wish, start, travel))
        clock = stops[-1].busy[1]
        here = wish.place or here
    home = max(0, legs(here, BASE) - ahead)
    span = Span(SHIFT, SHIFT + timedelta(seconds=max(1, clock + home + idle_at_the_end)))
    home_id = 400 if home else 0
    return ResourceDay(DAY, 7, span, 3, BASE, TravelMode.CAR, tuple(stops), home=home_id, home_travel=home)


def _leg(wish: Wish, rest: list[Wish], here: Position, ahead: int) -> tuple[int, int]:
    """Return the travel into a stop, and how much of the leg under way was travelled by its end."""
    if wish.place is not None:
        return legs(here, wish.place) - ahead, 0
    target = next((later.place for later in rest if later.place is not None), BASE)
    piece = (legs(here, target) - ahead) * wish.piece // 1000
    return piece, ahead + piece


def _stop(number: int, wish: Wish, start: int, travel: int) -> Stop:
    promised = number + 100 if wish.kind in (StopKind.STOP, StopKind.REMOTE) else 0
    return Stop(
        occupancy=number,
        kind=wish.kind,
        place=wish.place,
        work=wish.work,
        earliest=max(0, start - wish.early),
        latest=start + 1 + wish.late,
        start=start,
        before=wish.before,
        after=wish.after,
        travel=travel,
        weight=number * 10,
        visit=promised,
        booking=promised + 100 if promised and number % 2 else 0,
        hold=number + 300 if wish.kind is StopKind.HOLD else 0,
        fixed=wish.fixed,
        expires=wish.expires if wish.kind is StopKind.HOLD else 0,
    )
