"""Which server a command talks to, and as whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from clients.cli import server_command
from clients.cli.failure import REFUSED, WRONG_USAGE, CliFailure
from clients.python.client import Client
from clients.python.refusal import CallRefused

DEFAULT_TARGET = "127.0.0.1:8470"
_WRONG_USAGE_CODES = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)


@contextmanager
def connected(role: str) -> Iterator[Client]:
    """Give a client of the server in FIELDWORK_SERVER with FIELDWORK_TOKEN, or with a demo token of that role."""
    target = os.environ.get("FIELDWORK_SERVER") or DEFAULT_TARGET
    token = os.environ.get("FIELDWORK_TOKEN") or server_command.ask(["token", "--role", role, "--principal", "cli"])
    with Client(target, token, attempts=2, deadline_seconds=20) as client:
        try:
            yield client
        except CallRefused as refusal:
            raise in_words(refusal, target) from refusal


def in_words(refusal: CallRefused, target: str) -> CliFailure:
    """Return what a refused call means for the person at the terminal."""
    if refusal.code is grpc.StatusCode.UNAVAILABLE and not refusal.reason:
        return CliFailure(
            f"no server answers at {target}; start one (`fieldwork serve`) or set FIELDWORK_SERVER to its address", REFUSED
        )
    return CliFailure(str(refusal), WRONG_USAGE if refusal.code in _WRONG_USAGE_CODES else REFUSED)
