"""The web process: pages and feeds as a client of the API. Run with `uvicorn --factory clients.web.app:create_app`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from clients.python.client import Client
from clients.web.access_log import mask_access_log
from clients.web.feeds import FeedPage
from clients.web.headers import SecurityHeaders
from clients.web.settings import WebSettings

DEADLINE_S = 10.0


def create_app(settings: WebSettings | None = None) -> Starlette:
    """Return the application; without settings, those of the environment."""
    chosen = settings or WebSettings.read(os.environ)
    client = Client(chosen.server, deadline_seconds=DEADLINE_S, attempts=2)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        mask_access_log()
        yield
        client.close()

    def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n") if client.is_serving() else PlainTextResponse("no server\n", 503)

    return Starlette(
        routes=[
            Route("/feeds/{token}.ics", FeedPage(client, chosen).get, methods=["GET"]),
            Route("/healthz", healthz, methods=["GET"]),
        ],
        middleware=[Middleware(SecurityHeaders)],
        lifespan=lifespan,
    )
