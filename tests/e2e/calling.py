"""Calls by a role, and what every refusal must look like."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypeVar

import grpc
from fieldwork.v1 import errors_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import interval_pb2

from server.domain.caller import Role
from tests.e2e.system import metadata
from tests.rpc.raw import Answer, Metadata, send

M = TypeVar("M", bound=Message)
CODES_OF_CALLERS_FAULTS = {
    "INVALID_ARGUMENT",
    "NOT_FOUND",
    "FAILED_PRECONDITION",
    "ABORTED",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "RESOURCE_EXHAUSTED",
    "UNIMPLEMENTED",
}
REASONS = {name.removeprefix("REASON_") for name in dict(errors_pb2.Reason.items())} - {"UNSPECIFIED", "DEFECT"}


def path_of(method: str) -> str:
    """Return the wire's name of "Service/Method" of ours; others are written out."""
    return method if method.startswith("/") else f"/fieldwork.v1.{method}"


def ask(
    channel: grpc.Channel, method: str, request: bytes | Message, role: Role | Metadata | None, timeout: float = 30
) -> Answer:
    """Make a call as somebody of that role (None: without a token) and return how it ended."""
    who = metadata(role) if isinstance(role, Role) else (role or ())
    return send(channel, path_of(method), request, who, timeout)


def call(channel: grpc.Channel, method: str, request: Message, role: Role | Metadata, answer: type[M]) -> M:
    """Make a call that must succeed."""
    found = ask(channel, method, request, role)
    assert found.code == "OK", f"{method}: {found}"
    return answer.FromString(found.data)


def must_be_a_clear_refusal(answer: Answer, what: str = "") -> None:
    """The caller's own fault, with a reason of the contract, in words."""
    assert answer.code in CODES_OF_CALLERS_FAULTS, f"{what}: {answer}"
    assert answer.reason in REASONS, f"{what}: {answer}"
    assert answer.message, f"{what}: {answer}"


def fresh() -> str:
    """Return a new request id."""
    return str(uuid.uuid4())


def stamp(moment: datetime) -> Timestamp:
    """Return an instant as a message."""
    found = Timestamp()
    found.FromDatetime(moment)
    return found


def interval(start: datetime, end: datetime) -> interval_pb2.Interval:
    """Return a half-open interval."""
    return interval_pb2.Interval(start_time=stamp(start), end_time=stamp(end))
