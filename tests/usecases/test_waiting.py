"""The waiting list: who waits longest for the most is offered what comes free, one time each."""

import threading
from dataclasses import replace
from datetime import time, timedelta

import pytest

from server.domain.booking import BookingState, Customer
from server.domain.caller import Caller, Role
from server.domain.errors import HoldExpired, IllegalTransition, InvalidField, NotEligible, NotFound, PremisesNeeded
from server.domain.paging import Page
from server.domain.spans import Span
from server.domain.waiting import NewEntry, WaitingFilter, WaitingState, WaitingView, Wish
from server.store import tables
from server.usecases.ports import AlreadyAnswered
from tests.makers.world import (
    ADVICE,
    BOSS,
    CUSTOMER,
    FRIDAY,
    PARTNER,
    PLANNED_AHEAD,
    PUBLIC,
    STAFF,
    SURPRISE,
    THURSDAY,
    World,
    at,
    between,
)

THURSDAY_ALL = between(THURSDAY, 8, 16)


def join(world: World, caller: Caller = STAFF, site: int = 1, **how: object) -> WaitingView:
    world.clock.forward(seconds=1)
    wish = Wish(THURSDAY_ALL)
    given = {"service": ADVICE.code, "premises": world.premises[site].id, "wish": wish, "customer": CUSTOMER, **how}
    return world.app.waiting.join(world.request(caller), NewEntry(**given))  # type: ignore[arg-type]


def stored(world: World, view: WaitingView) -> WaitingView:
    return world.app.waiting.get(STAFF, view.entry.name)


@pytest.fixture
def full(world: World) -> World:
    """Leave nobody with food skills any time on Thursday but Anna's nine o'clock, which is booked."""
    world.absent("ben", THURSDAY_ALL)
    world.absent("anna", between(THURSDAY, 10, 16))
    world.absent("anna", Span(at(THURSDAY, 8), at(THURSDAY, 8, 40)))
    world.book(ADVICE.code, at(THURSDAY, 9), 0, officer="anna")
    return world


def cancel_all(world: World) -> None:
    for row in world.rows(tables.booking):
        if row.state == "CONFIRMED":
            with world.app.store.begin() as tx:
                booking = tx.bookings.some([row.id])[row.id]
            world.cancel(booking)


def test_what_comes_free_is_offered_and_booked(full: World) -> None:
    """C09, D08."""
    view = join(full)
    assert full.app.waiting_offers.sweep() == 0
    assert stored(full, view).entry.state is WaitingState.WAITING
    cancel_all(full)
    assert full.app.waiting_offers.sweep() == 1
    entry = stored(full, view).entry
    assert entry.state is WaitingState.OFFERED
    assert entry.offer is not None
    assert entry.offer.promise.start == at(THURSDAY, 9)
    assert entry.offer.expires == full.clock() + timedelta(minutes=30)
    assert {"entry": entry.id, "offer": 1} in full.jobs()
    booked = full.app.waiting.accept(full.request(), entry.name)
    assert booked.booking.state is BookingState.CONFIRMED
    assert booked.booking.promise == entry.offer.promise
    assert booked.booking.customer == entry.customer
    assert booked.booking.creator == STAFF.principal
    after = stored(full, view).entry
    assert (after.state, after.booking) == (WaitingState.BOOKED, booked.booking.id)


def test_the_heaviest_is_offered_first_then_who_came_first(full: World) -> None:
    first, second = join(full), join(full, site=2)
    heavy = join(full, site=3, weight=500)
    assert [stored(full, view).ahead for view in (heavy, first, second)] == [0, 1, 2]
    cancel_all(full)
    assert full.app.waiting_offers.sweep() == 1
    assert stored(full, heavy).entry.state is WaitingState.OFFERED
    full.app.waiting.leave(full.request(), heavy.entry.name, "")
    assert full.app.waiting_offers.sweep() == 1
    assert stored(full, first).entry.state is WaitingState.OFFERED
    assert stored(full, second).entry.state is WaitingState.WAITING


def test_an_offer_that_runs_out_goes_to_the_next_in_line(full: World) -> None:
    first, second = join(full), join(full, site=2)
    cancel_all(full)
    full.app.waiting_offers.sweep()
    full.clock.forward(minutes=31)
    with pytest.raises(HoldExpired, match="no offer that stands"):
        full.app.waiting.accept(full.request(), first.entry.name)
    full.app.waiting_offers.sweep()
    assert stored(full, first).entry.state is WaitingState.EXPIRED
    assert stored(full, second).entry.state is WaitingState.OFFERED


def test_one_freed_time_makes_one_offer_however_many_workers_look(full: World) -> None:
    views = [join(full, site=site) for site in (0, 1, 2, 3)]
    cancel_all(full)
    workers = [threading.Thread(target=full.app.waiting_offers.sweep) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    states = [stored(full, view).entry.state for view in views]
    assert states.count(WaitingState.OFFERED) == 1
    assert states.count(WaitingState.WAITING) == 3
    assert len(full.rows(tables.hold)) == 1


@pytest.mark.parametrize(
    ("wish", "offered"),
    [
        (Wish(THURSDAY_ALL, frozenset({4})), True),
        (Wish(THURSDAY_ALL, frozenset({1, 5})), False),
        (Wish(THURSDAY_ALL, first=time(9), last=time(9, 30)), True),
        (Wish(THURSDAY_ALL, first=time(9, 30)), False),
        (Wish(between(FRIDAY, 8, 8 + 1)), False),
    ],
)
def test_only_what_somebody_could_take_is_offered(full: World, wish: Wish, offered: bool) -> None:
    full.absent("anna", between(FRIDAY, 8, 16))
    full.absent("ben", between(FRIDAY, 8, 16))
    join(full, wish=wish)
    cancel_all(full)
    assert full.app.waiting_offers.sweep() == int(offered)


def test_nothing_is_offered_that_notice_forbids(world: World) -> None:
    """D04: the service needs 36 hours; tomorrow morning is free, and too soon."""
    view = join(world, service=PLANNED_AHEAD.code, wish=Wish(between(THURSDAY, 8, 12)))
    assert world.app.waiting_offers.sweep() == 0
    assert stored(world, view).entry.state is WaitingState.WAITING


def test_who_waits_too_long_waits_no_more(full: World) -> None:
    view = join(full)
    full.clock.now = at(THURSDAY, 16, 1)
    full.app.waiting_offers.sweep()
    assert stored(full, view).entry.state is WaitingState.EXPIRED
    with pytest.raises(IllegalTransition, match="EXPIRED"):
        full.app.waiting.leave(full.request(), view.entry.name, "")


def test_who_leaves_gives_back_what_was_kept(full: World) -> None:
    view = join(full)
    cancel_all(full)
    full.app.waiting_offers.sweep()
    left = full.app.waiting.leave(full.request(), view.entry.name, "")
    assert left.entry.state is WaitingState.WITHDRAWN
    assert not full.rows(tables.hold)
    with pytest.raises(HoldExpired):
        full.app.waiting.accept(full.request(), view.entry.name)


def test_nobody_else_books_what_is_kept_for_somebody(full: World) -> None:
    view = join(full)
    cancel_all(full)
    full.app.waiting_offers.sweep()
    (hold,) = full.rows(tables.hold)
    assert hold.principal == view.entry.name
    assert not full.search(ADVICE.code, THURSDAY_ALL)


def test_the_message_says_until_when(full: World) -> None:
    join(full, customer=replace(CUSTOMER, language="en"))
    cancel_all(full)
    full.app.waiting_offers.sweep()
    job = next(job for job in full.jobs() if "entry" in job)
    full.app.messages.offer(job["entry"], job["offer"])
    full.app.messages.offer(job["entry"], job["offer"])
    sent = full.rows(tables.message)
    assert {(row.kind, row.channel, row.state) for row in sent} == {
        ("waiting.offered", "SMS", "SENT"),
        ("waiting.offered", "EMAIL", "SENT"),
    }
    assert len(sent) == 2
    assert all("kept" in row.body and not row.ics for row in sent)


def test_the_public_joins_and_sees_the_own_entries_only(full: World) -> None:
    mine, theirs = join(full, PUBLIC), join(full, PARTNER)
    assert full.app.waiting.get(PUBLIC, mine.entry.name).entry.weight == ADVICE.weight
    with pytest.raises(NotFound):
        full.app.waiting.get(PUBLIC, theirs.entry.name)
    with pytest.raises(NotFound):
        full.app.waiting.leave(full.request(PARTNER), mine.entry.name, "")
    with pytest.raises(InvalidField, match="not for the public"):
        join(full, PUBLIC, weight=9000)
    listed = full.app.waiting.list(PARTNER, Page(10), WaitingFilter())
    assert [view.entry.id for view in listed.items] == [theirs.entry.id]
    assert len(full.app.waiting.list(BOSS, Page(10), WaitingFilter(ADVICE.code)).items) == 2


def test_who_cannot_be_offered_anything_is_refused(world: World) -> None:
    with pytest.raises(NotEligible, match="neither telephone nor e-mail"):
        join(world, customer=Customer("Aino"))
    with pytest.raises(NotEligible, match="unannounced"):
        join(world, BOSS, service=SURPRISE.code)
    with pytest.raises(PremisesNeeded):
        join(world, premises=0)
    with pytest.raises(InvalidField, match="which is past"):
        join(world, wish=Wish(Span(world.clock() - timedelta(days=2), world.clock())))
    with pytest.raises(InvalidField, match="longer than 366 days"):
        join(world, wish=Wish(Span(world.clock(), world.clock() + timedelta(days=400))))
    with pytest.raises(InvalidField, match="at least one of 1 to 7"):
        Wish(THURSDAY_ALL, frozenset())
    with pytest.raises(InvalidField, match="until_time"):
        Wish(THURSDAY_ALL, first=time(10), last=time(9))
    assert not world.rows(tables.waiting_entry)


def test_a_repeated_acceptance_is_one_booking(full: World) -> None:
    view = join(full)
    cancel_all(full)
    full.app.waiting_offers.sweep()
    request = full.request()
    full.app.waiting.accept(request, view.entry.name)
    with pytest.raises(AlreadyAnswered):
        full.app.waiting.accept(request, view.entry.name)
    assert len(full.rows(tables.booking)) == 2


def test_roles_are_those_of_who_put_them_there(full: World) -> None:
    """A public entry is never offered what the public may not book."""
    join(full, PUBLIC)
    with full.app.store.begin() as tx:
        tx.services.upsert(replace(ADVICE, public=False))
    cancel_all(full)
    assert full.app.waiting_offers.sweep() == 0
    assert Role.PUBLIC.value in {row.role for row in full.rows(tables.waiting_entry)}
