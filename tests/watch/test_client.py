"""The client's watch, over servers that come and go."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import grpc
import pytest
from fieldwork.v1 import watch_pb2 as pb

from clients.python.client import Client
from clients.python.refusal import CallRefused
from server.domain.caller import Role
from server.rpc.application import Application
from server.rpc.watching import streams
from tests.makers.world import CALL, THURSDAY, World, at
from tests.rpc.fakes import FakeSettings
from tests.rpc.running import edge_at_work
from tests.watch.conftest import Served

BOOKINGS = pb.WatchBookingsRequest()
ENDED = {"method": "/fieldwork.v1.WatchService/WatchBookings", "code": "UNAVAILABLE"}


def test_a_watch_goes_on_over_many_streams(world: World, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """AD04."""
    monkeypatch.setattr(streams, "LONGEST_SECONDS", 0.3)
    tokens, names, told = set[str](), list[str](), list[str]()
    with Client(served.target, served.token(Role.MANAGER)) as client, client.watch(BOOKINGS) as watch:
        next(watch)
        for hour in range(9, 15):
            names.append(world.book(CALL.code, at(THURSDAY, hour)).booking.name)
            time.sleep(0.2)
            while len(told) < len(names):
                told += [one.booking for one in next(watch).changes]
            tokens.add(watch.resume_token)
    assert told == names
    assert len(tokens) == len(names)
    opened = served.edge.metrics.registry.get_sample_value("fieldwork_rpc_total", ENDED)
    assert opened is not None
    assert opened >= 1


def test_a_watch_survives_a_restart_of_its_server(world: World, settings: FakeSettings) -> None:
    application, socket = cast(Application, world.app), f"unix:{settings.home}/again.sock"
    settings = FakeSettings(settings.home, address=socket, watch_poll_seconds=0.05)
    pauses = threading.Semaphore(0)

    def sleep(_: float) -> None:
        pauses.release()
        time.sleep(0.05)

    with edge_at_work(application, settings) as (target, edge, loop):
        served = Served(target, settings, edge, loop, grpc.insecure_channel(target))
        client = Client(target, served.token(Role.WORKER), sleep=sleep)
        watch = client.watch(BOOKINGS)
        next(watch)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(next, watch)
        assert pauses.acquire(timeout=5), "it keeps trying"
        booking = world.book(CALL.code, at(THURSDAY, 10)).booking
        with edge_at_work(application, settings):
            assert [one.booking for one in told.result(20).changes] == [booking.name]
            client.close()


def test_a_closed_watch_ends_for_whoever_waits(served: Served) -> None:
    with Client(served.target, served.token(Role.PUBLIC)) as client, ThreadPoolExecutor(1) as pool:
        watch = client.watch(pb.WatchDaysRequest())
        next(watch)
        rest = pool.submit(list, watch)
        time.sleep(0.1)
        watch.close()
        assert all(not one.changes for one in rest.result(5))


def test_a_refusal_that_does_not_pass_is_raised(served: Served) -> None:
    with Client(served.target, served.token(Role.PUBLIC)) as client:
        with pytest.raises(CallRefused, match="ROLE_NOT_ALLOWED"):
            next(client.watch(BOOKINGS))
        with pytest.raises(CallRefused, match="BAD_RESUME_TOKEN"):
            next(client.watch(pb.WatchDaysRequest(resume_token="x")))


def test_a_server_that_was_never_there_is_given_up(settings: FakeSettings) -> None:
    client = Client(f"unix:{settings.home}/nobody.sock", "token", attempts=2, sleep=lambda _: None)
    with client, pytest.raises(CallRefused) as caught:
        next(client.watch(BOOKINGS))
    assert caught.value.code is grpc.StatusCode.UNAVAILABLE
