"""A call as the servicers see it: who calls, and the key that makes a write repeatable."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import grpc
from google.protobuf.message import Message

from server.domain.caller import Caller, Request
from server.domain.errors import StoreUnavailable
from server.usecases.ports import AlreadyAnswered, AnsweredMeanwhile

M = TypeVar("M", bound=Message)
R = TypeVar("R")
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Call:
    """What the interceptor hands to a servicer in the place of gRPC's context."""

    method: str
    caller: Caller
    request_id: str


def call_of(context: grpc.ServicerContext) -> Call:
    """Return the call that a servicer was handed."""
    return cast(Call, context)


def caller_of(context: grpc.ServicerContext) -> Caller:
    """Return who calls."""
    return call_of(context).caller


def write(
    context: grpc.ServicerContext,
    request: Any,
    answer: type[M],
    act: Callable[[Request], R],
    message_of: Callable[[R], M],
) -> M:
    """Do a write once: a repeated request gets the bytes that the first one was answered with."""
    call = call_of(context)
    key = Request(
        caller=call.caller,
        method=call.method,
        request_id=request.request_id,
        fingerprint=fingerprint(request),
        encode=lambda result: message_of(result).SerializeToString(deterministic=True),
    )
    for _ in range(_ATTEMPTS):
        try:
            return message_of(act(key))
        except AlreadyAnswered as known:
            return answer.FromString(known.answer)
        except AnsweredMeanwhile:
            continue
    raise StoreUnavailable(f"request {request.request_id} is being answered just now: ask again", method=call.method)


def fingerprint(request: Message) -> bytes:
    """Return a digest of a request's body, without its request id."""
    body = type(request)()
    body.CopyFrom(request)
    body.ClearField("request_id")
    return hashlib.sha256(body.SerializeToString(deterministic=True)).digest()
