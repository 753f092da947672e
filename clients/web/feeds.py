"""GET /feeds/{token}.ics: an officer's calendar, for whoever knows the address."""

from __future__ import annotations

import logging
import re

import grpc
from fieldwork.v1 import calendars_pb2
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from clients.python.client import Client
from clients.python.refusal import CallRefused
from clients.web.settings import WebSettings
from clients.web.worker_token import NoToken, worker_token

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_UNKNOWN = frozenset({grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT})
RETRY_AFTER_S = 60

logger = logging.getLogger(__name__)


class FeedPage:
    """Asks the server for the feed on each request: the entity tag spares the transfer, not the question."""

    def __init__(self, client: Client, settings: WebSettings) -> None:
        self._client = client
        self._settings = settings

    def get(self, request: Request) -> Response:
        """Answer with the calendar, 304 when the reader has it, 404 for any address that is none, 503 without a server."""
        token = request.path_params["token"]
        if not _TOKEN.fullmatch(token):
            return _no_such_feed()
        try:
            feed = self._read(token)
        except CallRefused as refusal:
            return _no_such_feed() if refusal.code in _UNKNOWN else _unavailable(refusal.reason or refusal.code.name)
        except NoToken as error:
            return _unavailable(str(error))
        headers = {"ETag": feed.etag, "Cache-Control": "private, no-cache"}
        if _has(request.headers.get("if-none-match", ""), feed.etag):
            return Response(status_code=304, headers=headers)
        headers["Content-Disposition"] = 'inline; filename="fieldwork.ics"'
        return Response(feed.ics.encode(), media_type="text/calendar; charset=utf-8", headers=headers)

    def _read(self, token: str) -> calendars_pb2.ReadFeedResponse:
        metadata = (("authorization", f"Bearer {worker_token(self._settings)}"),)
        return self._client.calendars.ReadFeed(calendars_pb2.ReadFeedRequest(token=token), metadata=metadata)


def _has(if_none_match: str, etag: str) -> bool:
    """Tell whether the reader's tags include this one (RFC 9110, weak comparison)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def _no_such_feed() -> Response:
    return PlainTextResponse("There is no such feed.\n", 404, headers={"Cache-Control": "private, no-store"})


def _unavailable(why: str) -> Response:
    logger.warning("a feed could not be read: %s", why)
    headers = {"Retry-After": str(RETRY_AFTER_S), "Cache-Control": "private, no-store"}
    return PlainTextResponse("The calendar is not available just now. Try again later.\n", 503, headers=headers)
