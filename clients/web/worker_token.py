"""The bearer token with which the web process calls the server."""

from __future__ import annotations

import time

import jwt

from clients.web.settings import WebSettings

TTL_S = 300


class NoToken(Exception):
    """There is neither a token nor a key to make a demo token with; the text says what to set."""


def worker_token(settings: WebSettings) -> str:
    """Return the configured token, or a short-lived demo token of the worker's role."""
    if settings.token:
        return settings.token
    claims = {"iss": "fieldwork-demo", "sub": "web", "role": "WORKER", "exp": int(time.time()) + TTL_S}
    return jwt.encode(claims, _demo_key(settings), algorithm="HS256")


def _demo_key(settings: WebSettings) -> bytes:
    if settings.demo_key:
        return settings.demo_key.encode()
    path = settings.home / "demo.key"
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise NoToken(
            f"no token for the server ({path}: {error.strerror}): set FIELDWORK_WEB_TOKEN, or FIELDWORK_HOME to the "
            "server's home"
        ) from None
