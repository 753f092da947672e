"""How streams end, and that the token that they end with goes on."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

import grpc
import pytest
import sqlalchemy as sa

from clients.python.refusal import CallRefused, refused
from server.domain.caller import Role
from server.domain.errors import StoreUnavailable
from server.rpc import pipeline
from server.rpc.application import Application
from server.rpc.watching import streams
from server.store.tables import booking_event
from tests.makers.world import CALL, NOW, THURSDAY, World, at
from tests.rpc.fakes import FakeSettings
from tests.rpc.running import edge_at_work
from tests.watch.conftest import Served, until


def _end(watch: Any) -> CallRefused:
    """Read a stream to its end and return how it ended."""
    with pytest.raises(grpc.RpcError) as caught:
        for _ in watch:
            pass
    return refused(caught.value)


def _kinds(told: Any) -> list[str]:
    return [one.event.kind for one in told.changes]


def test_a_stream_without_news_says_so_and_where_to_go_on(world: World, served: Served) -> None:
    watch = served.bookings()
    began = time.monotonic()
    beats = [next(watch) for _ in range(4)]
    assert 1.0 < time.monotonic() - began < 6, "the first comes at once, three more every 0.4 s"
    assert all(beat.resume_token and not beat.changes for beat in beats)
    watch.cancel()
    world.book(CALL.code, at(THURSDAY, 10))
    assert _kinds(next(served.bookings(beats[-1].resume_token))) == ["booking.created"]


def test_a_stopping_server_ends_streams_at_once_with_their_tokens(world: World, settings: FakeSettings) -> None:
    with (
        edge_at_work(cast(Application, world.app), settings) as (target, edge, loop),
        grpc.insecure_channel(target) as channel,
    ):
        served = Served(target, settings, edge, loop, channel)
        watches = [served.bookings(), served.days(role=Role.PUBLIC)]
        tokens = [next(watch).resume_token for watch in watches]
        began = time.monotonic()
        asyncio.run_coroutine_threadsafe(edge.stop(), loop).result(10)
        ends = [_end(watch) for watch in watches]
        assert time.monotonic() - began < settings.drain_seconds, "it does not wait for them"
    assert {(end.code.name, end.reason) for end in ends} == {("UNAVAILABLE", "WATCH_ENDED")}
    assert all(end.facts["resume_token"] and end.retry_seconds for end in ends)
    world.book(CALL.code, at(THURSDAY, 10))
    with (
        edge_at_work(cast(Application, world.app), settings) as (target, edge, loop),
        grpc.insecure_channel(target) as channel,
    ):
        served = Served(target, settings, edge, loop, channel)
        assert _kinds(next(served.bookings(ends[0].facts["resume_token"]))) == ["booking.created"]
        assert _kinds(next(served.bookings(tokens[0]))) == ["booking.created"]
        assert next(served.days(ends[1].facts["resume_token"], Role.PUBLIC)).changes


def test_a_client_that_is_gone_gives_its_place_back(world: World, served: Served) -> None:
    for _ in range(3):
        watches = [served.bookings() for _ in range(served.settings.watch_streams_per_principal)]
        for watch in watches:
            next(watch)
        refusal = _end(served.days())
        assert (refusal.code.name, refusal.reason) == ("RESOURCE_EXHAUSTED", "TOO_MANY")
        next(served.bookings(principal="somebody else"))
        for call in served.calls:
            call.cancel()
        until(lambda: not served.is_watched())


def test_nothing_is_read_when_nobody_watches(world: World, served: Served) -> None:
    next(served.bookings())
    assert served.is_watched()
    served.calls[0].cancel()
    until(lambda: not served.is_watched())


def test_a_store_that_is_down_ends_streams_with_their_tokens(
    world: World, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = served.bookings()
    token = next(watch).resume_token

    def down(*_: object) -> None:
        raise StoreUnavailable("the store is restarting: try again in a moment")

    with monkeypatch.context() as patched:
        patched.setattr(world.app.change_feed, "bookings", down, raising=True)
        end = _end(watch)
        assert _end(served.bookings()).reason == "STORE_UNAVAILABLE"
    assert (end.code.name, end.reason, end.facts) == ("UNAVAILABLE", "STORE_UNAVAILABLE", {"resume_token": token})
    world.book(CALL.code, at(THURSDAY, 10))
    assert _kinds(next(served.bookings(token))) == ["booking.created"]


def test_a_stream_that_was_open_for_long_ends_so_that_the_caller_is_asked_again(
    world: World, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LONGEST_SECONDS", 0.5)
    end = _end(served.bookings())
    assert (end.code.name, end.reason) == ("UNAVAILABLE", "WATCH_ENDED")
    assert end.facts["resume_token"]


def test_a_client_that_reads_nothing_loses_the_stream_and_nothing_else(
    world: World, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "STALLED_SECONDS", 0.5)
    booking = world.book(CALL.code, at(THURSDAY, 10)).booking
    watch = served.bookings()
    next(watch)
    rows, kind = 12_000, "x" * 1000
    with world.engine.begin() as connection:
        values = {"booking_id": booking.id, "at": NOW, "actor": "", "to_state": "CONFIRMED", "revision": 1, "kind": kind}
        connection.execute(sa.insert(booking_event), [values] * rows)
    until(lambda: not served.is_watched())
    read: list[Any] = []
    with pytest.raises(grpc.RpcError) as caught:
        read.extend(watch)
    assert refused(caught.value).reason == "TOO_SLOW"
    token, told = read[-1].resume_token, sum(len(response.changes) for response in read)
    assert 0 < told < rows
    for response in served.bookings(token):
        told += len(response.changes)
        if told == rows:
            break
    assert told == rows
