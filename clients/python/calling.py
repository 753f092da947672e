"""What every call of the client goes through: the token, a request id, a deadline, tries again, errors as CallRefused."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import grpc

from clients.python.refusal import CallRefused, refused

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class _Details(grpc.ClientCallDetails):
    """What grpc wants to know of a call."""

    method: str
    timeout: float
    metadata: tuple[tuple[str, str | bytes], ...]
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


class Calling(grpc.UnaryUnaryClientInterceptor):
    """Sends a call, again while the server is UNAVAILABLE, with the same request id: at most one of them counts."""

    def __init__(self, token: str | None, deadline_seconds: float, attempts: int, sleep: Callable[[float], None]) -> None:
        self._token = token
        self._deadline_seconds = deadline_seconds
        self._attempts = attempts
        self._sleep = sleep

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """Return the finished call, or raise CallRefused."""
        details, request = self._detailed(client_call_details), with_request_id(request)
        end = time.monotonic() + details.timeout
        for attempt in range(1, self._attempts + 1):
            call = continuation(replace(details, timeout=max(end - time.monotonic(), 0.001)), request)
            error = call.exception()
            if error is None:
                return call
            refusal = _refusal(error)
            pause = self._pause(refusal, attempt)
            if pause is None or time.monotonic() + pause >= end:
                raise refusal from None
            self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _pause(self, refusal: CallRefused, attempt: int) -> float | None:
        """Return the seconds to wait before the next try, or None when there is none."""
        if refusal.code is not grpc.StatusCode.UNAVAILABLE or attempt >= self._attempts:
            return None
        return pause_seconds(attempt, refusal)

    def _detailed(self, details: Any) -> _Details:
        metadata = tuple(details.metadata or ())
        if self._token is not None and not any(key == "authorization" for key, _ in metadata):
            metadata = (*metadata, ("authorization", f"Bearer {self._token}"))
        return _Details(
            details.method,
            self._deadline_seconds if details.timeout is None else details.timeout,
            metadata,
            details.credentials,
            details.wait_for_ready,
            details.compression,
        )


def pause_seconds(failures: int, refusal: CallRefused) -> float:
    """Return how long to wait after so many failures in a row: longer each time, and at least what the server asks for."""
    pause = min(_FIRST_PAUSE_SECONDS * float(2 ** min(failures - 1, 10)), _LONGEST_PAUSE_SECONDS)
    # Many clients that lost the same server should not come back in the same instant.
    return max(pause, refusal.retry_seconds or 0.0) * random.uniform(0.8, 1.2)  # noqa: S311


def with_request_id(request: Any) -> Any:
    """Return a write's request with a fresh request id, unless it bears one; other requests as they are."""
    if "request_id" not in request.DESCRIPTOR.fields_by_name or request.request_id:
        return request
    copy = type(request)()
    copy.CopyFrom(request)
    copy.request_id = str(uuid.uuid4())
    return copy


def _refusal(error: BaseException) -> CallRefused:
    if isinstance(error, CallRefused):
        return error
    if isinstance(error, grpc.RpcError):
        return refused(error)
    raise error
