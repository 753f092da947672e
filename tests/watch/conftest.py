"""Streams are tested through a real server, on the small authority."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import grpc
import pytest
from fieldwork.v1 import watch_pb2 as pb
from fieldwork.v1 import watch_pb2_grpc

from server.domain.caller import Role
from server.rpc.application import Application
from server.rpc.identity import demo_key, issue_demo_token
from server.rpc.serve import Edge
from tests.makers.stage import opened, world
from tests.makers.world import World
from tests.rpc.fakes import FakeSettings
from tests.rpc.raw import bearer
from tests.rpc.running import edge_at_work

__all__ = ["opened", "world"]


@dataclass
class Served:
    """A server at work on the world."""

    target: str
    settings: FakeSettings
    edge: Edge
    loop: Any
    channel: grpc.Channel
    calls: list[Any] = field(default_factory=list)

    def token(self, role: Role, principal: str = "") -> str:
        """Return a token of that role."""
        officer = "anna" if role is Role.OFFICER else None
        return issue_demo_token(demo_key(self.settings), principal or role.value.lower(), role, officer, 600)

    def bookings(self, resume: str = "", role: Role = Role.CUSTOMER_SERVICE, principal: str = "") -> Any:
        """Open a watch of bookings."""
        stub = watch_pb2_grpc.WatchServiceStub(self.channel)
        return self._opened(stub.WatchBookings, pb.WatchBookingsRequest(resume_token=resume), role, principal)

    def days(self, resume: str = "", role: Role = Role.CUSTOMER_SERVICE, resource: str = "", principal: str = "") -> Any:
        """Open a watch of days."""
        stub = watch_pb2_grpc.WatchServiceStub(self.channel)
        asked = pb.WatchDaysRequest(resume_token=resume, resource=resource)
        return self._opened(stub.WatchDays, asked, role, principal)

    def is_watched(self) -> bool:
        """Tell whether anybody watches."""
        return any(stream.tail._run is not None for stream in (self.edge._streams.bookings, self.edge._streams.days))

    def _opened(self, method: Any, request: Any, role: Role, principal: str) -> Any:
        call = method(request, metadata=bearer(self.token(role, principal)), timeout=30)
        self.calls.append(call)
        return call


def news(watch: Any) -> Any:
    """Return the next response that tells of anything."""
    return next(response for response in watch if response.changes)


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end, "it does not come to that"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> FakeSettings:
    return FakeSettings(
        home=tmp_path_factory.mktemp("watch"),
        watch_poll_seconds=0.05,
        watch_heartbeat_seconds=0.4,
        watch_streams_per_principal=6,
        drain_seconds=3,
    )


@pytest.fixture
def served(world: World, settings: FakeSettings) -> Iterator[Served]:
    with (
        edge_at_work(cast(Application, world.app), settings) as (target, edge, loop),
        grpc.insecure_channel(target) as channel,
    ):
        found = Served(target, settings, edge, loop, channel)
        try:
            yield found
        finally:
            for call in found.calls:
                call.cancel()
