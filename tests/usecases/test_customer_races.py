"""Customers and cases that many change at once (W06, X01)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from server.domain.booking import LIVE, Customer
from server.domain.caller import Caller, Role
from server.domain.case import Case, CaseState
from server.domain.commands import NewBooking
from server.domain.customer import CustomerRecord
from server.domain.errors import CaseClosed, CustomerMerged, DomainError, StoreUnavailable
from server.domain.organisation import CaseRef
from server.domain.paging import Page
from server.store import tables
from tests.makers.world import ADVICE, BOSS, CALL, FRIDAY, MONDAY, NOW, STAFF, THURSDAY, World, at

CRM = Caller("crm-service", Role.PARTNER, system="crm")
CASE = CaseRef("cases", "17")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment; return what each gave, or how it was refused."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def keep(world: World, name: str, caller: Caller = STAFF) -> CustomerRecord:
    source, known = ("crm", "7") if caller is CRM else ("", "")
    record = CustomerRecord(0, name, NOW, source=source, external_id=known)
    return world.app.customers.upsert(world.request(caller), "", "", record, ())


def test_one_external_id_has_one_record_however_many_tell_of_it(world: World) -> None:
    """W06: whoever loses the race is told to try again, and then finds the record."""
    ended = at_once(*[lambda n=n: keep(world, f"Aino {n}", CRM) for n in range(8)])
    assert len(world.rows(tables.customer)) == 1
    assert {type(one) for one in ended} <= {CustomerRecord, StoreUnavailable}
    assert keep(world, "Aino", CRM).full_name == "Aino"


def test_of_two_merges_in_opposite_directions_one_happens(world: World) -> None:
    one, two = keep(world, "One"), keep(world, "Two")
    merge = world.app.customers.merge
    ended = at_once(
        lambda: merge(world.request(), one.name, two.name, "", ""),
        lambda: merge(world.request(), two.name, one.name, "", ""),
    )
    assert sorted(type(end).__name__ for end in ended) == ["CustomerMerged", "CustomerRecord"]
    assert isinstance(next(end for end in ended if isinstance(end, DomainError)), CustomerMerged)
    assert sum(1 for row in world.rows(tables.customer) if row.merged_into) == 1


def test_a_booking_made_during_a_merge_is_in_the_winners_history(world: World) -> None:
    winner, loser = keep(world, "Aino Esimerkki"), keep(world, "Eino Esimerkki")
    slot = world.choice(ADVICE.code, at(THURSDAY, 9))
    new = NewBooking(None, slot, Customer(""), record=loser.id)
    booked, _ = at_once(
        lambda: world.app.bookings.create(world.request(), new),
        lambda: world.app.customers.merge(world.request(), winner.name, loser.name, "", ""),
    )
    told = world.app.customers.history(STAFF, winner.name, Page()).items
    assert [one.booking for one in told] == [booked.booking.id]


@pytest.mark.parametrize("turn", range(4))
def test_no_live_booking_of_a_case_escapes_its_closing(world: World, turn: int) -> None:
    """X01: made before the closing and noted, or refused; never made unseen."""
    world.app.cases.upsert(world.request(BOSS), Case(0, CASE, "licence", CaseState.OPEN), "")
    slots = [(ADVICE.code, day) for day in (THURSDAY, FRIDAY, MONDAY)] + [(CALL.code, THURSDAY)]
    ended = at_once(
        *[
            lambda service=service, day=day: world.book(service, at(day, 9), case="17", allow_duplicate=True)
            for service, day in slots
        ],
        lambda: world.app.cases.upsert(world.request(BOSS), Case(0, CASE, "licence", CaseState.CLOSED), ""),
    )
    refused = [end for end in ended if isinstance(end, DomainError)]
    assert all(isinstance(one, CaseClosed) for one in refused)
    live = {row.id for row in world.rows(tables.booking) if row.state in {state.value for state in LIVE}}
    noted = {row.booking_id for row in world.rows(tables.booking_event) if row.kind == "booking.case_closed"}
    assert (live, len(live) + len(refused)) == (noted, len(slots))
