"""Lists in pages: whole and in order while others write, and only with tokens that the list gave."""

import base64
import json
from datetime import timedelta

import pytest

from server.domain.booking import BookingState
from server.domain.commands import BookingFilter, VisitFilter
from server.domain.errors import BadPageToken
from server.domain.paging import Page
from tests.makers.world import CALL, FRIDAY, STAFF, THURSDAY, World, at, between

MOST_PAGES = 20


def pages(world: World, size: int, meanwhile: bool = False) -> list[list[int]]:
    """Read all bookings; book another one between every two pages when asked to."""
    found: list[list[int]] = []
    token = ""
    for _ in range(MOST_PAGES):
        answer = world.app.bookings.list(STAFF, Page(size, token), BookingFilter())
        found.append([view.booking.id for view in answer.items])
        token = answer.next_token
        if not token:
            return found
        if meanwhile:
            world.book(CALL.code, at(THURSDAY, 8) + timedelta(minutes=15 * len(found)), officer="cleo")
    raise AssertionError("the list does not end")


def booked(world: World) -> list[int]:
    """Book seven calls, two of them for the same minute; return ids in the order of the list."""
    made = [world.book(CALL.code, at(FRIDAY, 8 + k), officer="anna").booking for k in range(6)]
    made.append(world.book(CALL.code, at(FRIDAY, 8), officer="ben").booking)
    return [one.id for one in sorted(made, key=lambda one: (one.promise, one.id))]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_joined_are_the_list(world: World, size: int) -> None:
    expected = booked(world)
    found = pages(world, size)
    assert [number for page in found for number in page] == expected
    assert [len(page) for page in found[:-1]] == [size] * (len(found) - 1)


def test_what_others_write_between_two_pages_neither_repeats_nor_hides_anything(world: World) -> None:
    expected = booked(world)
    found = [number for page in pages(world, 2, meanwhile=True) for number in page]
    assert [number for number in found if number in expected] == expected
    assert len(found) == len(set(found))


def test_a_page_has_at_most_500_items_and_50_where_nothing_is_said() -> None:
    assert (Page().limit, Page(3).limit, Page(501).limit) == (50, 3, 500)


def test_newest_first_goes_on_where_it_was(world: World) -> None:
    made = [world.due(site)[0].id for site in range(5)]
    world.clock.forward(seconds=1)
    made += [world.due(site)[0].id for site in range(2)]
    found, token = list[int](), ""
    for _ in range(MOST_PAGES):
        answer = world.app.visits.list(STAFF, Page(2, token), VisitFilter())
        found += [view.visit.id for view in answer.items]
        token = answer.next_token
        if not token:
            break
    assert sorted(found) == sorted(made)
    assert set(found[:2]) == set(made[5:])


def token_of(world: World) -> str:
    booked(world)
    return world.app.bookings.list(STAFF, Page(2), BookingFilter()).next_token


def test_a_token_belongs_to_its_list_and_filters(world: World) -> None:
    token = token_of(world)
    filters = [
        BookingFilter(states=frozenset({BookingState.CONFIRMED})),
        BookingFilter(span=between(FRIDAY, 8, 10)),
    ]
    for other in filters:
        with pytest.raises(BadPageToken, match="other filters"):
            world.app.bookings.list(STAFF, Page(2, token), other)
    with pytest.raises(BadPageToken, match="other filters"):
        world.app.visits.list(STAFF, Page(2, token), VisitFilter())


def test_a_token_that_no_list_gave_is_refused(world: World) -> None:
    token = token_of(world)
    mark = json.loads(base64.urlsafe_b64decode(token + "=="))[0]

    def made(*parts: object) -> str:
        return base64.urlsafe_b64encode(json.dumps([mark, *parts]).encode()).decode().rstrip("=")

    wrong = ["x", token[:-4], "%%%%", "é", "bnVsbA", "MQ", "W10", made(), made("a"), made([1], 2), made(None, 1)]
    wrong += [made("2026-03-26", "x"), made("not a time", 5), made("2026-03-26", 10**30), made("2026-03-26", True)]
    for one in wrong:
        with pytest.raises(BadPageToken, match="page_token"):
            world.app.bookings.list(STAFF, Page(2, one), BookingFilter())
