"""Tokens come back unchanged, or are refused with what to do."""

from __future__ import annotations

import base64
import json
from typing import Any

import grpc
import pytest

from clients.python.refusal import CallRefused, refused
from server.domain.watching import is_snapshot
from tests.makers.world import CALL, THURSDAY, World, at
from tests.watch.conftest import Served


def _refusal(watch: Any) -> CallRefused:
    with pytest.raises(grpc.RpcError) as caught:
        next(watch)
    return refused(caught.value)


def _changed(token: str, place: int, value: object) -> str:
    parts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    parts[place] = value
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


FORGED = [
    (1, "soon"), (1, 10**30), (1, None), (2, "5"), (2, ""), (2, "9:5:"), (2, "5:9:9"), (2, "5:9:7,6"), (2, "5:9:7,7"),
    (2, "0:0:"), (2, "5:99999999999999999999:"), (2, 7), (2, "5:9:'"), (3, "x"), (3, None), (4, -1), (4, 1 << 63), (4, True),
    (4, "1"), (0, "bookings@000000000000"), (0, 1),
]  # fmt: skip


def test_a_forged_token_is_refused(world: World, served: Served) -> None:
    token = next(served.bookings()).resume_token
    for place, value in FORGED:
        refusal = _refusal(served.bookings(_changed(token, place, value)))
        assert (refusal.code.name, refusal.reason) == ("INVALID_ARGUMENT", "BAD_RESUME_TOKEN"), (place, value)
        assert refusal.message.startswith("resume_token: ")


def test_what_is_no_token_is_refused(world: World, served: Served) -> None:
    for token in ("x", "null", "W10", "e30", "🙂", "a" * 7999):
        assert _refusal(served.bookings(token)).reason == "BAD_RESUME_TOKEN", token


def test_a_token_of_another_stream_is_refused(world: World, served: Served) -> None:
    assert _refusal(served.days(next(served.bookings()).resume_token)).reason == "BAD_RESUME_TOKEN"


def test_a_token_from_a_future_that_did_not_come_is_refused(world: World, served: Served) -> None:
    """A database that was restored to an earlier state has not got that far."""
    token = next(served.bookings()).resume_token
    refusal = _refusal(served.bookings(_changed(token, 2, "8000000000:8000000000:")))
    assert refusal.reason == "BAD_RESUME_TOKEN"
    assert "anew" in refusal.message


def test_a_token_of_last_week_is_refused_with_what_to_do(world: World, served: Served) -> None:
    token = next(served.bookings()).resume_token
    world.clock.forward(days=6, hours=23)
    next(served.bookings(token))
    world.clock.forward(hours=2)
    refusal = _refusal(served.bookings(token))
    assert (refusal.code.name, refusal.reason) == ("FAILED_PRECONDITION", "WATCH_TOO_OLD")
    assert "anew" in refusal.message


def test_a_snapshot_is_known_by_its_look() -> None:
    assert is_snapshot("5:9:")
    assert is_snapshot("5:9:5,8")
    assert not is_snapshot("5:9:" + ",".join(map(str, range(5, 2000))))
    assert not is_snapshot("5:9:5,")
    assert not is_snapshot("٥:9:")


def test_a_long_backlog_comes_in_parts_and_can_be_cut_between_them(
    world: World, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.usecases.watching.MOST_EVENTS", 2)
    token = next(served.bookings()).resume_token
    names = [world.book(CALL.code, at(THURSDAY, 9 + n)).booking.name for n in range(5)]
    told: list[str] = []
    while len(told) < len(names):
        watch = served.bookings(token)
        response = next(watch)
        watch.cancel()
        token = response.resume_token
        assert len(response.changes) <= 2
        told += [one.booking for one in response.changes]
    assert told == names
    assert not next(served.bookings(token)).changes
