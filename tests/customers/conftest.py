"""Customers and cases through a real server, on the small authority."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import grpc
import pytest
import structlog
from google.protobuf.message import Message

from server.domain.caller import Role
from server.logging_setup import set_up_logging
from server.rpc.application import Application
from server.rpc.identity import demo_key, issue_demo_token
from tests.makers.stage import opened, world
from tests.makers.world import World
from tests.rpc.fakes import FakeSettings
from tests.rpc.raw import Answer, bearer, send
from tests.rpc.running import edge_at_work

__all__ = ["opened", "world"]
M = TypeVar("M", bound=Message)


@dataclass
class Counter:
    """Where somebody of a role asks the server for something."""

    channel: grpc.Channel
    settings: FakeSettings
    world: World

    def ask(self, method: str, request: Any, role: Role = Role.CUSTOMER_SERVICE, system: str = "") -> Answer:
        """Make a call and return how it ended; a write gets a request id."""
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = str(uuid.uuid4())
        officer = "anna" if role is Role.OFFICER else None
        principal = f"{role.value.lower()}@city"
        token = issue_demo_token(demo_key(self.settings), principal, role, officer, 600, system)
        return send(self.channel, f"/fieldwork.v1.{method}", request, bearer(token))

    def get(self, method: str, request: Any, answer: type[M], role: Role = Role.CUSTOMER_SERVICE, system: str = "") -> M:
        """Make a call that must succeed."""
        found = self.ask(method, request, role, system)
        assert found.code == "OK", found
        return answer.FromString(found.data)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server writes about itself, all of it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    out = io.StringIO()
    set_up_logging("debug", "json", out)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def counter(log: io.StringIO, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    settings = FakeSettings(home=tmp_path_factory.mktemp("customers"))
    with (
        edge_at_work(cast(Application, world.app), settings) as (target, _, _),
        grpc.insecure_channel(target) as channel,
    ):
        yield Counter(channel, settings, world)
