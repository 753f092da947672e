"""The audit as those read it who answer for the authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from fieldwork.v1 import audit_pb2 as pb
from google.type.interval_pb2 import Interval

from clients.python.client import Client
from clients.python.refusal import CallRefused
from server.domain.audit import Audit
from server.domain.caller import Role
from server.domain.change import Change
from server.rpc.convert.times import timestamp
from server.store.tables import audit
from tests.makers.world import NOW, World
from tests.watch.conftest import Served

HOUR = timedelta(hours=1)
LINES = [
    ("boss@city", "booking.corrected", "bookings/0000000000001"),
    ("boss@city", "fact.create", "facts/0000000000001"),
    ("chief@city", "booking.corrected", "bookings/0000000000002"),
    ("boss@city", "booking_rule.create", "bookings_of/x"),
    ("boss@city", "booking.moved", "bookings/0000000000001"),
]


@pytest.fixture
def written(world: World) -> World:
    """A line an hour."""
    lines = (Audit(NOW + n * HOUR, *line, detail=(("number", str(n)),)) for n, line in enumerate(LINES))
    with world.app.store.begin() as tx:
        tx.write(Change(audits=tuple(lines)))
    return world


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with Client(served.target, served.token(Role.MANAGER)) as found:
        yield found


def _numbers(client: Client, **wanted: object) -> list[int]:
    found = client.audit.ListAudit(pb.ListAuditRequest(**wanted))  # type: ignore[arg-type]
    return [int(one.detail["number"]) for one in found.entries]


def _between(start: datetime, end: datetime) -> Interval:
    return Interval(start_time=timestamp(start), end_time=timestamp(end))


def test_the_newest_line_comes_first_and_says_who_did_what(written: World, client: Client) -> None:
    newest = client.audit.ListAudit(pb.ListAuditRequest(page_size=1)).entries[0]
    assert (newest.actor, newest.action, newest.subject) == LINES[-1]
    assert newest.time == timestamp(NOW + 4 * HOUR)
    assert _numbers(client) == [4, 3, 2, 1, 0]


def test_conditions_hold_together(written: World, client: Client) -> None:
    assert _numbers(client, subject="bookings/0000000000001") == [4, 0]
    assert _numbers(client, subject="bookings/-") == [4, 2, 0]
    assert _numbers(client, action="booking.corrected") == [2, 0]
    assert _numbers(client, action="booking.*") == [4, 2, 0]
    assert _numbers(client, actor="chief@city") == [2]
    assert _numbers(client, interval=_between(NOW + HOUR, NOW + 3 * HOUR)) == [2, 1]
    assert _numbers(client, action="booking.*", actor="boss@city", subject="bookings/0000000000001") == [4, 0]
    assert _numbers(client, subject="bookings/-", interval=_between(NOW + 4 * HOUR, NOW + 9 * HOUR)) == [4]


def test_pages_meet_without_gap_or_overlap_while_lines_are_added(written: World, client: Client) -> None:
    first = client.audit.ListAudit(pb.ListAuditRequest(page_size=2))
    with written.app.store.begin() as tx:
        tx.write(Change(audits=(Audit(NOW + 9 * HOUR, "boss@city", "fact.create", "facts/1"),)))
    rest = client.audit.ListAudit(pb.ListAuditRequest(page_size=500, page_token=first.next_page_token))
    assert [one.detail["number"] for page in (first, rest) for one in page.entries] == ["4", "3", "2", "1", "0"]
    assert not rest.next_page_token
    with pytest.raises(CallRefused, match="BAD_PAGE_TOKEN"):
        _numbers(client, actor="boss@city", page_token=first.next_page_token)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("action", "Booking.corrected"),
        ("action", "booking.%"),
        ("action", "*"),
        ("subject", "bookings/%"),
        ("page_size", -1),
    ],
)
def test_what_cannot_be_a_condition_is_refused(served: Served, client: Client, field: str, value: object) -> None:
    with pytest.raises(CallRefused) as caught:
        _numbers(client, **{field: value})
    assert (caught.value.reason, list(caught.value.violations)) == ("INVALID_FIELD", [field])


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CUSTOMER_SERVICE, Role.PARTNER, Role.PUBLIC, Role.WORKER])
def test_others_do_not_read_it(served: Served, role: Role) -> None:
    with Client(served.target, served.token(role)) as client, pytest.raises(CallRefused, match="ROLE_NOT_ALLOWED"):
        _numbers(client)


def test_a_line_is_written_with_its_deed_or_not_at_all(world: World) -> None:
    line = Audit(NOW, "boss@city", "fact.create", "facts/1")

    def fail() -> None:
        with world.app.store.begin() as tx:
            tx.write(Change(audits=(line,)))
            raise RuntimeError("the deed failed")

    with pytest.raises(RuntimeError):
        fail()
    with world.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one() == 0
