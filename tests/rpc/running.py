"""A real server on a loopback port, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from server.domain.caller import Role
from server.rpc.application import Application
from server.rpc.identity import demo_key, issue_demo_token
from server.rpc.serve import Edge
from tests.rpc.fakes import FakeApplication, FakeSettings


@dataclass
class Running:
    """A server at work."""

    target: str
    application: FakeApplication
    settings: FakeSettings
    edge: Edge
    loop: asyncio.AbstractEventLoop

    def token(self, role: Role, officer: str | None = None, principal: str = "tester", ttl_seconds: int = 600) -> str:
        """Return a token that this server accepts."""
        officer = officer or ("anna" if role is Role.OFFICER else None)
        return issue_demo_token(demo_key(self.settings), principal, role, officer, ttl_seconds)


@contextmanager
def running(settings: FakeSettings) -> Iterator[Running]:
    """Run a server over fake use cases until the block is left."""
    application = FakeApplication()
    with edge_at_work(application.as_application(), settings) as (target, edge, loop):
        yield Running(target, application, settings, edge, loop)


@contextmanager
def edge_at_work(application: Application, settings: FakeSettings) -> Iterator[tuple[str, Edge, asyncio.AbstractEventLoop]]:
    """Run a server until the block is left; give its address, itself, and the loop in which it runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        edge = asyncio.run_coroutine_threadsafe(_made(application, settings), loop).result(20)
        bound = asyncio.run_coroutine_threadsafe(edge.start(), loop).result(20)
        try:
            yield bound[0], edge, loop
        finally:
            asyncio.run_coroutine_threadsafe(edge.stop(), loop).result(20)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _made(application: Application, settings: FakeSettings) -> Edge:
    return Edge(application, settings)
