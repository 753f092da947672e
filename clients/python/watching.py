"""A stream that resumes by itself: what it yields has no gap and no repetition, whatever happens to servers."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

import grpc
from fieldwork.v1 import watch_pb2

from clients.python.calling import pause_seconds
from clients.python.refusal import CallRefused, refused

R = TypeVar("R", watch_pb2.WatchBookingsResponse, watch_pb2.WatchDaysResponse)


class Watch(Generic[R]):
    """Yields the responses of a stream, heartbeats included, until it is closed; `resume_token` is that of the last one.

    When a stream ends because a server stopped, the connection broke or the reading was too slow, another one is opened
    with that token, for as long as it takes. Any other refusal is raised as CallRefused, as is the failure to open the
    very first stream after `attempts`. Read it in one thread; it may be closed from any.
    """

    def __init__(
        self, open_stream: Callable[[Any], Any], request: Any, attempts: int, sleep: Callable[[float], None]
    ) -> None:
        self._open = open_stream
        self._request = type(request)()
        self._request.CopyFrom(request)
        self._attempts = attempts
        self._sleep = sleep
        self._call: Any = None
        self._failures = 0
        self._began = False
        self._closed = False

    @property
    def resume_token(self) -> str:
        """Where another watch would go on."""
        return str(self._request.resume_token)

    def __iter__(self) -> Watch[R]:
        return self

    def __next__(self) -> R:
        while not self._closed:
            try:
                self._call = self._call or self._open(self._request)
                response: R = next(self._call)
            except StopIteration:
                self._call = None
            except grpc.RpcError as error:
                self._call = None
                if not self._closed:
                    self._wait(refused(error))
            else:
                self._began, self._failures = True, 0
                self._request.resume_token = response.resume_token
                return response
        raise StopIteration

    def _wait(self, refusal: CallRefused) -> None:
        """Wait before another stream is opened, or raise what ended this one."""
        self._failures += 1
        passing = refusal.code is grpc.StatusCode.UNAVAILABLE or refusal.reason == "TOO_SLOW"
        if not passing or (not self._began and self._failures >= self._attempts):
            raise refusal
        if refusal.reason == "WATCH_ENDED" and self._failures == 1:
            return  # it was ended on purpose, and was well until then
        self._sleep(pause_seconds(self._failures, refusal))

    def close(self) -> None:
        """End it; whoever waits for the next response gets StopIteration."""
        self._closed = True
        if self._call is not None:
            self._call.cancel()

    def __enter__(self) -> Watch[R]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
