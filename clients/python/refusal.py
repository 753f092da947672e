"""A refused call as an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

_CODES = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(eq=False)
class CallRefused(Exception):
    """The server, or the way to it, said no.

    `code` is the gRPC status; `reason` a name of fieldwork.v1.Reason without its prefix, to branch on (empty when the
    refusal did not come from Fieldwork, such as a connection that failed); `message` is for people; `violations` maps
    field paths of the request to what is wrong with them; `facts` are the values that the refusal is about;
    `alternatives` are starts that could be booked instead, with reason SLOT_TAKEN.
    """

    code: grpc.StatusCode
    reason: str
    message: str
    violations: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    alternatives: tuple[datetime, ...] = ()
    retry_seconds: float | None = None

    def __str__(self) -> str:
        lines = [f"{self.reason or self.code.name}: {self.message}"]
        lines += [f"  {path}: {text}" for path, text in self.violations.items() if f"{path}: {text}" not in self.message]
        return "\n".join(lines)


def refused(error: grpc.RpcError) -> CallRefused:
    """Return what a failed call says."""
    call: Any = error
    code, message = call.code(), call.details() or ""
    for key, value in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return of_status(status_pb2.Status.FromString(value), code, message)
    return CallRefused(code, "", message)


def of_status(status: status_pb2.Status, code: grpc.StatusCode | None = None, message: str = "") -> CallRefused:
    """Return what a google.rpc.Status says, such as that of an operation that failed."""
    info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    seconds: float | None = None
    for detail in status.details:
        if detail.Unpack(retry):
            seconds = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
        elif not detail.Unpack(info):
            detail.Unpack(bad)
    facts = dict(info.metadata)
    return CallRefused(
        code=code or _CODES.get(status.code, grpc.StatusCode.UNKNOWN),
        reason=info.reason,
        message=status.message or message,
        violations={one.field: one.description for one in bad.field_violations},
        alternatives=tuple(datetime.fromisoformat(text) for text in facts.pop("alternatives", "").split(",") if text),
        facts=facts,
        retry_seconds=seconds,
    )
