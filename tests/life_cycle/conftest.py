"""The life of a booking through a real server, on the small authority."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

import grpc
import pytest
from fieldwork.v1 import bookings_pb2, life_cycle_pb2
from google.protobuf.message import Message

from server.domain.caller import Role
from server.rpc.application import Application
from server.rpc.identity import demo_key, issue_demo_token
from tests.makers.stage import opened, world
from tests.makers.world import World
from tests.rpc.fakes import FakeSettings
from tests.rpc.raw import Answer, bearer, send
from tests.rpc.running import edge_at_work

__all__ = ["opened", "world"]
M = TypeVar("M", bound=Message)
LIFE, BOOKINGS = "LifeCycleService", "BookingService"


@dataclass
class Desk:
    """Where somebody of a role asks the server for something."""

    channel: grpc.Channel
    settings: FakeSettings
    world: World

    def ask(self, path: str, request: Any, role: Role = Role.CUSTOMER_SERVICE, token: str = "") -> Answer:
        """Make a call and return how it ended; a write gets a request id."""
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = str(uuid.uuid4())
        officer = "anna" if role is Role.OFFICER else None
        token = token or issue_demo_token(demo_key(self.settings), f"{role.value.lower()}@city", role, officer, 600)
        return send(self.channel, f"/fieldwork.v1.{path}", request, bearer(token))

    def get(self, path: str, request: Any, answer: type[M], role: Role = Role.CUSTOMER_SERVICE, token: str = "") -> M:
        """Make a call that must succeed."""
        found = self.ask(path, request, role, token)
        assert found.code == "OK", found
        return answer.FromString(found.data)

    def step(self, method: str, name: str, role: Role = Role.CUSTOMER_SERVICE, **more: Any) -> bookings_pb2.Booking:
        """Take a step of a booking's life that must succeed."""
        request = getattr(life_cycle_pb2, f"{method}Request")(name=name, **more)
        return self.get(f"{LIFE}/{method}", request, bookings_pb2.Booking, role)

    def book(
        self,
        service: str,
        start: datetime,
        role: Role = Role.CUSTOMER_SERVICE,
        officer: str = "anna",
        token: str = "",
    ) -> bookings_pb2.Booking:
        """Book a slot."""
        slot = bookings_pb2.SlotChoice(
            service=f"services/{service}",
            premises=f"premises/{self.world.site(0)}",
            officer=f"officers/{officer}" if officer else "",
        )
        slot.start_time.FromDatetime(start)
        request = bookings_pb2.CreateBookingRequest(slot=slot)
        request.customer.display_name = "Aino Esimerkki"
        return self.get(f"{BOOKINGS}/CreateBooking", request, bookings_pb2.Booking, role, token)


@pytest.fixture
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    settings = FakeSettings(home=tmp_path_factory.mktemp("life"))
    with (
        edge_at_work(cast(Application, world.app), settings) as (target, _, _),
        grpc.insecure_channel(target) as channel,
    ):
        yield Desk(channel, settings, world)
