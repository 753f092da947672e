"""Many clients at once, each with a connection of its own: one winner, no deadlock, and a truth that agrees with itself."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Barrier

import pytest
import sqlalchemy as sa

from server.domain.booking import LIVE, Booking, BookingState
from server.domain.booking_history import replayed
from server.domain.errors import DomainError
from server.domain.paging import Page
from server.store import tables
from tests.makers.world import ADVICE, CALL, FRIDAY, INSPECTION, LICENCE, NIGHT, STAFF, THURSDAY, World, at, between
from tests.usecases.steps import cancel, complete, no_show, reassign

Deed = Callable[[], object]
DONE = "done"
CLIENTS = 32


def together(deeds: Sequence[Deed]) -> list[str]:
    """Do everything at the same moment; return per deed "done" or the reason of its refusal."""
    start = Barrier(len(deeds))

    def do(deed: Deed) -> str:
        start.wait(10)
        try:
            deed()
        except DomainError as refusal:
            return refusal.reason
        return DONE

    with ThreadPoolExecutor(len(deeds)) as clients:
        return list(clients.map(do, deeds))


@pytest.fixture(autouse=True)
def no_deadlocks(world: World) -> Iterator[None]:
    """The database never had to break a circle of waiting transactions."""
    query = sa.text("select deadlocks from pg_stat_database where datname = current_database()")

    def deadlocks() -> int:
        with world.engine.connect() as connection:
            connection.execute(sa.text("select pg_stat_force_next_flush()"))
            return int(connection.execute(query).scalar_one())

    before = deadlocks()
    yield
    assert deadlocks() == before


def live(world: World) -> list[int]:
    return [row.id for row in world.rows(tables.booking) if row.state in {"PENDING", "CONFIRMED"}]


def test_one_slot_has_one_winner(world: World) -> None:
    """F01: 32 clients, five rounds."""
    for start in (at(THURSDAY, 8, 30), at(THURSDAY, 9, 30), at(THURSDAY, 10, 30), at(FRIDAY, 9), at(FRIDAY, 10)):
        outcome = together([partial(world.book, NIGHT.code, start, k % 3) for k in range(CLIENTS)])
        assert Counter(outcome) == {DONE: 1, "SLOT_TAKEN": CLIENTS - 1}


def test_three_officers_can_be_promised_three_times(world: World) -> None:
    """D02, D03: holds and bookings mixed."""
    start = at(THURSDAY, 10)
    deeds: list[Deed] = [lambda: world.book(CALL.code, start), lambda: world.hold(CALL.code, start)]
    outcome = Counter(together(deeds * 8))
    assert outcome[DONE] == 3
    assert set(outcome) == {DONE, "SLOT_TAKEN"}


def test_an_expired_hold_goes_to_one_of_those_who_want_it(world: World) -> None:
    """G02."""
    for hour in (9, 10, 11):
        held = world.hold(NIGHT.code, at(THURSDAY, hour), ttl_s=60)
        world.clock.forward(seconds=60)
        deeds: list[Deed] = [partial(world.book_hold, held), partial(world.book, NIGHT.code, at(THURSDAY, hour))]
        outcome = together([*deeds * 3, world.app.holds.sweep])
        assert outcome[:-1].count(DONE) == 1
        assert set(outcome) <= {DONE, "SLOT_TAKEN", "HOLD_EXPIRED"}
        assert world.rows(tables.hold) == []


def test_bookings_that_trade_days_at_the_same_moment_do_not_wait_in_a_circle(world: World) -> None:
    thursday, friday = at(THURSDAY, 9), at(FRIDAY, 9)
    pair = [world.book(NIGHT.code, start).booking for start in (thursday, friday)]
    for _ in range(6):
        deeds = [_move(world, one, friday if one.promise.start == thursday else thursday) for one in pair]
        deeds += [_move(world, one, at(THURSDAY if one.promise.start == friday else FRIDAY, 10)) for one in pair]
        outcome = together(deeds)
        assert set(outcome) <= {DONE, "SLOT_TAKEN", "STALE_ETAG", "ILLEGAL_TRANSITION"}
        assert len(live(world)) == 2
        with world.app.store.begin() as tx:
            pair = list(tx.bookings.some(live(world)).values())


def _move(world: World, booking: Booking, start: datetime) -> Deed:
    return partial(world.reschedule, booking, start)


def deeds_on(world: World, name: str) -> list[Deed]:
    bookings = world.app.bookings
    return [
        *[partial(bookings.approve, world.request(), name, "") for _ in range(2)],
        *[partial(bookings.cancel, world.request(), name, "CUSTOMER_REQUEST", "") for _ in range(2)],
        partial(bookings.update, world.request(), name, "", {"note": "a"}),
    ]


def test_a_deed_waits_for_the_edit_of_the_same_booking_and_counts_on_from_it(world: World) -> None:
    booking = world.book(LICENCE.code, at(THURSDAY, 9)).booking
    mine = tables.booking.c.id == booking.id
    with ThreadPoolExecutor(1) as other, world.engine.connect() as connection:
        connection.execute(sa.update(tables.booking).where(mine).values(version=2, note="edited"))
        approval = other.submit(world.app.bookings.approve, world.request(), booking.name, "")
        with pytest.raises(TimeoutError):
            approval.result(0.3)
        connection.commit()
        assert approval.result(10).booking.version == 3
    stored = world.booking(booking)
    assert (stored.version, stored.note, stored.state) == (3, "edited", BookingState.CONFIRMED)


def test_deeds_on_one_booking_follow_one_another(world: World) -> None:
    """The version counts every change that was done, and the history has each of them."""
    for hour in (9, 10, 11, 13):
        booking = world.book(LICENCE.code, at(THURSDAY, hour), officer="anna").booking
        outcome = together(deeds_on(world, booking.name))
        stored = world.booking(booking)
        assert stored.state is BookingState.CANCELLED
        assert outcome.count(DONE) == stored.version - 1, outcome
        assert set(outcome) <= {DONE, "ILLEGAL_TRANSITION", "STALE_ETAG"}
        events = [row for row in world.rows(tables.booking_event) if row.booking_id == booking.id]
        assert len(events) == stored.version
        assert [row.from_state for row in events[1:]] == [row.to_state for row in events[:-1]]


def busy_day(world: World, hours: Sequence[int]) -> list[Deed]:
    """Return bookings all over Thursday, for anybody."""
    return [
        *(partial(world.book, ADVICE.code, at(THURSDAY, hour), hour % 5) for hour in hours),
        *(partial(world.book, INSPECTION.code, at(THURSDAY, hour), hour % 4) for hour in hours),
        *(partial(world.hold, CALL.code, at(THURSDAY, hour)) for hour in hours),
    ]


def test_bookings_that_come_while_a_plan_is_published_are_all_kept(world: World) -> None:
    for round_number in range(3):
        due = world.due(0, 1, 2, 3)
        routes = {
            "anna": [(due[0], at(THURSDAY, 9)), (due[1], at(THURSDAY, 14))],
            "ben": [(due[2], at(THURSDAY, 9)), (due[3], at(THURSDAY, 14))],
            "cleo": [],
        }
        plan = world.plan(THURSDAY, routes) if round_number == 0 else world.plan(THURSDAY, {"anna": [], "ben": []})
        before = len(live(world))
        deeds = busy_day(world, range(8 + round_number, 15, 3))
        outcome = together([*deeds, partial(world.publish, plan)])
        assert set(outcome) <= {DONE, "SLOT_TAKEN", "PLAN_STALE"}
        assert len(live(world)) + len(world.rows(tables.hold)) > before
        assert world.flaws() == []


def test_an_absence_beside_bookings_is_recorded_and_every_promise_in_it_has_a_repair(world: World) -> None:
    outcome = together([*busy_day(world, (9, 11, 13)), lambda: world.absent("anna", between(THURSDAY, 8, 16))])
    assert outcome[-1] == DONE
    assert set(outcome) <= {DONE, "SLOT_TAKEN"}
    promised = {stop.booking for stop in world.day("anna", THURSDAY).stops if stop.booking}
    assert {row.booking_id for row in world.rows(tables.repair)} == promised


@pytest.mark.long
def test_a_long_day_of_everything_at_once(world: World) -> None:
    for _ in range(20):
        outcome = together([*busy_day(world, range(8, 16)), world.app.holds.sweep])
        assert set(outcome) <= {DONE, "SLOT_TAKEN", "STORE_UNAVAILABLE"}
        assert world.flaws() == []
        world.clock.forward(minutes=10)
        with world.app.store.begin() as tx:
            bookings = list(tx.bookings.some(live(world)).values())
        together([partial(world.cancel, one) for one in bookings[::2]])
        assert world.flaws() == []


def test_a_booking_ends_once_however_many_end_it(world: World) -> None:
    """H06: whoever comes second is refused; the rows, the visit and the history tell one end."""
    ends = (complete, no_show, cancel, reassign, lambda world, one: world.reschedule(one, at(FRIDAY, 10)))
    for hour in (9, 11, 13):
        booking = world.book(ADVICE.code, at(THURSDAY, hour), officer="anna").booking
        world.clock.now = at(THURSDAY, hour, 5)
        outcome = together([partial(end, world, booking) for end in ends for _ in range(2)])
        assert set(outcome) <= {DONE, "ILLEGAL_TRANSITION", "STALE_ETAG", "SLOT_TAKEN", "INVALID_FIELD"}
        history = world.app.bookings.events(STAFF, booking.name, Page()).items
        ended = [one for one in history if one.after not in LIVE]
        assert len(ended) == 1
        assert replayed(history).state is world.booking(booking).state
