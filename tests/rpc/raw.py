"""Calls as bytes, without the client: what a stranger could send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status

Metadata = Sequence[tuple[str, str | bytes]]


@dataclass
class Answer:
    """How a call ended."""

    code: str
    message: str = ""
    reason: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    trailers: dict[str, str | bytes] = field(default_factory=dict)
    retry_seconds: int = 0


def bearer(token: str) -> Metadata:
    return (("authorization", f"Bearer {token}"),)


def send(
    channel: grpc.Channel, method: str, request: bytes | Message, metadata: Metadata = (), timeout: float = 10
) -> Answer:
    """Make a unary call and return how it ended."""
    data = request if isinstance(request, bytes) else request.SerializeToString()
    rpc: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
    try:
        answer, call = rpc.with_call(data, metadata=tuple(metadata), timeout=timeout)
    except grpc.RpcError as error:
        return _refusal(error)
    return Answer("OK", data=answer, trailers=_trailers(call))


def _refusal(error: grpc.RpcError) -> Answer:
    found = Answer(error.code().name, error.details() or "", trailers=_trailers(error))
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            assert info.domain == "fieldwork"
            found.reason, found.facts = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            found.fields = {one.field: one.description for one in bad.field_violations}
        elif detail.Unpack(retry):
            found.retry_seconds = retry.retry_delay.seconds
    return found


def _trailers(call: Any) -> dict[str, str | bytes]:
    return dict(call.trailing_metadata() or ())
