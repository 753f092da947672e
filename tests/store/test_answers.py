"""The same request twice has one effect and one answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.domain.booking import Booking
from server.domain.commands import NewBooking
from server.domain.errors import RequestIdReused, SlotTaken
from server.store import tables
from server.usecases.ports import AlreadyAnswered, AnsweredMeanwhile
from tests.makers.world import BOSS, CALL, CUSTOMER, STAFF, THURSDAY, World, at


def book(world: World, key: str, body: str = "one", minute: int = 0, boss: bool = False, method: str = "Create") -> object:
    request = world.request(BOSS if boss else STAFF, method, body, key)
    return world.app.bookings.create(request, NewBooking(None, world.choice(CALL.code, at(THURSDAY, 9, minute)), CUSTOMER))


def test_a_repeated_request_gets_the_same_bytes_and_does_nothing(world: World) -> None:
    first = book(world, "k")
    for _ in range(2):
        with pytest.raises(AlreadyAnswered) as repeated:
            book(world, "k")
        assert repeated.value.answer == repr(first).encode()
    assert len(world.rows(tables.booking)) == 1
    assert len(world.jobs()) == 1


def test_an_id_that_was_used_for_another_body_or_method_is_refused(world: World) -> None:
    book(world, "k")
    with pytest.raises(RequestIdReused, match="new UUID"):
        book(world, "k", body="two")
    with pytest.raises(RequestIdReused):
        book(world, "k", method="Other")
    assert len(world.rows(tables.booking)) == 1


def test_ids_of_different_callers_have_nothing_to_do_with_each_other(world: World) -> None:
    book(world, "k")
    book(world, "k", body="two", minute=15, boss=True)
    assert len(world.rows(tables.booking)) == 2


def test_a_refusal_is_not_remembered(world: World) -> None:
    for officer in range(3):
        book(world, f"taken-{officer}")
    with pytest.raises(SlotTaken):
        book(world, "k")
    world.cancel(next(iter(_bookings(world))))
    book(world, "k")


def _bookings(world: World) -> list[Booking]:
    with world.app.store.begin() as tx:
        return list(tx.bookings.some([row.id for row in world.rows(tables.booking)]).values())


def test_fifty_calls_with_one_key_make_one_booking(world: World) -> None:
    """B11: everybody gets the one answer."""

    def call(_: int) -> bytes:
        while True:
            try:
                return repr(book(world, "k")).encode()
            except AlreadyAnswered as answered:
                return answered.answer
            except AnsweredMeanwhile:
                continue

    with ThreadPoolExecutor(50) as clients:
        answers = set(clients.map(call, range(50)))
    assert len(answers) == 1
    assert len(world.rows(tables.booking)) == 1
    assert len(world.jobs()) == 1
