"""What streams tell, to whom, and how they end (checklist C07, X06, AD04)."""

from __future__ import annotations

import itertools
import time
from datetime import date

import grpc
import pytest
import sqlalchemy as sa
from fieldwork.v1 import watch_pb2 as pb

from clients.python.refusal import refused
from server.domain.caller import Role
from server.store.tables import booking_event
from tests.makers.world import ADVICE, CALL, FRIDAY, NOW, PARTNER, PUBLIC, THURSDAY, World, at, between
from tests.watch.conftest import Served, news


def test_a_watcher_is_told_of_a_booking_soon(world: World, served: Served) -> None:
    """X06, AD04."""
    watch = served.bookings()
    first = next(watch)
    assert not first.changes
    assert first.resume_token
    booking = world.book(CALL.code, at(THURSDAY, 10)).booking
    began = time.monotonic()
    told = news(watch)
    assert time.monotonic() - began < 2
    assert [(one.booking, one.event.kind) for one in told.changes] == [(booking.name, "booking.created")]


def _days_of(told: pb.WatchDaysResponse) -> list[tuple[date, str]]:
    return [(date(one.date.year, one.date.month, one.date.day), one.resource) for one in told.changes]


def test_the_public_sees_that_a_date_changed_and_nothing_else(world: World, served: Served) -> None:
    """C07."""
    public, staff = served.days(role=Role.PUBLIC), served.days()
    next(public), next(staff)
    before = {slot.promise.start for slot in world.search(CALL.code, between(THURSDAY, 10, 11), caller=PUBLIC)}
    for officer in ("anna", "ben", "cleo"):
        world.book(CALL.code, at(THURSDAY, 10), officer=officer)
    began = time.monotonic()
    told = news(public)
    assert time.monotonic() - began < 2
    assert _days_of(told) == [(THURSDAY, "")]
    found = {day for one in itertools.islice((t for t in staff if t.changes), 1) for day in _days_of(one)}
    assert found <= {(THURSDAY, f"officers/{code}") for code in ("anna", "ben", "cleo")}
    after = {slot.promise.start for slot in world.search(CALL.code, between(THURSDAY, 10, 11), caller=PUBLIC)}
    assert at(THURSDAY, 10) in before - after


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.PARTNER])
def test_planned_visits_that_nobody_was_promised_are_told_to_staff_only(world: World, served: Served, role: Role) -> None:
    """Unannounced work leaks nothing, not even that somebody planned."""
    outside, staff = served.days(role=role), served.days()
    token = next(outside).resume_token
    next(staff)
    world.planned("anna", FRIDAY, 10, 1)
    assert _days_of(news(staff)) == [(FRIDAY, "officers/anna")]
    assert _days_of(next(served.days(token, role))) == [], "who resumes is told first what was missed"
    world.hold(CALL.code, at(FRIDAY, 12), officer="anna")
    assert _days_of(news(outside)) == [(FRIDAY, "")]


def test_a_planned_visit_that_gives_way_to_a_booking_is_not_told_for_itself(world: World, served: Served) -> None:
    world.planned("anna", FRIDAY, 10, 1)
    outside = served.days(role=Role.PUBLIC)
    next(outside)
    world.book(ADVICE.code, at(FRIDAY, 10), site=2, officer="anna")
    assert _days_of(news(outside)) == [(FRIDAY, "")]


def test_a_partner_is_told_of_the_own_bookings_and_of_no_other_actor(world: World, served: Served) -> None:
    theirs, staff = served.bookings(role=Role.PARTNER, principal=PARTNER.principal), served.bookings()
    token = next(theirs).resume_token
    next(staff)
    other = world.book(CALL.code, at(THURSDAY, 10)).booking
    own = world.book(CALL.code, at(THURSDAY, 11), caller=PARTNER).booking
    world.cancel(own)
    told = [one for response in itertools.islice((t for t in theirs if t.changes), 1) for one in response.changes]
    while len(told) < 2:
        told += next(theirs).changes
    assert [(one.booking, one.event.kind, one.event.actor) for one in told] == [
        (own.name, "booking.created", PARTNER.principal),
        (own.name, "booking.cancelled", ""),
    ]
    heard: list[str] = []
    while len(heard) < 3:
        heard += [one.booking for one in next(staff).changes]
    assert heard == [other.name, own.name, own.name]
    again = [one.booking for one in next(served.bookings(token, Role.PARTNER, PARTNER.principal)).changes]
    assert again == [own.name, own.name]


def test_staff_can_watch_one_officers_days(world: World, served: Served) -> None:
    watch = served.days(resource="officers/ben", role=Role.OFFICER)
    next(watch)
    world.book(CALL.code, at(THURSDAY, 10), officer="anna")
    world.book(CALL.code, at(FRIDAY, 10), officer="ben")
    assert _days_of(news(watch)) == [(FRIDAY, "officers/ben")]


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.PARTNER])
def test_only_staff_watch_one_resource(world: World, served: Served, role: Role) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        next(served.days(role=role, resource="officers/anna"))
    refusal = refused(caught.value)
    assert (refusal.reason, list(refusal.violations)) == ("INVALID_FIELD", ["resource"])


def test_very_many_changed_days_are_told_as_dates(world: World, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    token = next(served.days()).resume_token
    for hour, officer in ((10, "anna"), (11, "ben"), (9, "cleo")):
        world.book(CALL.code, at(THURSDAY, hour), officer=officer)
    monkeypatch.setattr("server.usecases.watching.MOST_DAYS", 2)
    assert _days_of(next(served.days(token))) == [(THURSDAY, "")]
    assert _days_of(next(served.days(token, resource="officers/anna"))) == [(THURSDAY, "")]
    monkeypatch.undo()
    assert len(next(served.days(token)).changes) == 3


def test_a_transaction_that_is_held_open_holds_nobody_up_and_is_told_when_it_commits(world: World, served: Served) -> None:
    """X06: the early transaction has the lower number, and commits last."""
    booking = world.book(CALL.code, at(THURSDAY, 10)).booking
    watch = served.bookings()
    next(watch)
    values = {"booking_id": booking.id, "at": NOW, "actor": "", "to_state": "CONFIRMED", "revision": 1}
    early = sa.create_engine(world.url).connect()
    early.execute(sa.insert(booking_event).values(**values, kind="early"))
    with world.engine.begin() as late:
        late.execute(sa.insert(booking_event).values(**values, kind="late"))
    first = news(watch)
    token = next(served.bookings(first.resume_token)).resume_token
    early.commit()
    early.close()
    assert [one.event.kind for one in first.changes] == ["late"]
    for stream in (watch, served.bookings(first.resume_token), served.bookings(token)):
        told = news(stream)
        assert [one.event.kind for one in told.changes] == ["early"]
