"""The one chain that every call goes through: request id, log line, identity, permission, parsing, checks, use case, errors.

It sits in an interceptor and takes the bytes itself: gRPC would answer malformed ones with UNKNOWN and a Python text.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message

from server.domain.caller import Caller, Role
from server.domain.errors import TooSlow
from server.rpc import permission
from server.rpc.call import Call
from server.rpc.checking import must_be_valid
from server.rpc.errors import Code, MalformedMessage, Refusal, Refused, message_of, no_such_rpc, refusal_of, trailers_of
from server.rpc.identity import Verifier, bearer
from server.rpc.journal import Journal, Line
from server.rpc.open_calls import open_handler

Context = grpc.aio.ServicerContext[Any, Any]
Details = grpc.HandlerCallDetails
Handler = Any
"""grpc.RpcMethodHandler, whose types know no asynchronous behaviours."""


STALLED_SECONDS = 60.0
"""So long may a client of a stream leave a response unread."""


@dataclass(frozen=True, slots=True)
class Rpc:
    """An rpc of ours: how to read its request, what answers it, whom it admits. One that streams is asynchronous."""

    method: str
    parse: Callable[[bytes], Message]
    answer: Callable[[Message, Any], Any]
    roles: frozenset[Role]
    streams: bool


class Pipeline(grpc.aio.ServerInterceptor):
    """Wraps the handler of every call. An rpc that no table names is refused."""

    def __init__(self, verifier: Verifier, executor: Executor, journal: Journal) -> None:
        self._verifier = verifier
        self._executor = executor
        self._journal = journal
        self._roles = permission.table()
        self._handlers: dict[str, Handler] = {}
        self.stopping = asyncio.Event()

    async def intercept_service(
        self, continuation: Callable[[Details], Awaitable[Handler]], handler_call_details: Details
    ) -> Handler:
        """Return the handler that takes the call through the chain."""
        method = handler_call_details.method
        known = self._handlers.get(method)
        if known is not None:
            return known
        handler: Handler | None = await continuation(handler_call_details)
        if handler is None:
            return grpc.stream_stream_rpc_method_handler(self._unknown(method))
        self._handlers[method] = found = self._wrapped(method, handler)
        return found

    def _wrapped(self, method: str, handler: Handler) -> Handler:
        if method in permission.OPEN:
            return open_handler(handler, self.stopping)
        answer, streams = handler.unary_stream or handler.unary_unary, bool(handler.unary_stream)
        rpc = Rpc(method, handler.request_deserializer, answer, self._roles.get(method, frozenset()), streams)
        return self._handler(rpc)

    def _handler(self, rpc: Rpc) -> Handler:
        act = self._streamed if rpc.streams else self._answered

        async def behaviour(request: bytes, context: Context) -> bytes | None:
            metadata = _metadata(context)
            line = self._journal.begin(rpc.method, metadata)
            try:
                caller = self._admitted(rpc, metadata, line)
                answer = await act(rpc, request, caller, context, line)
            except asyncio.CancelledError:
                self._journal.end(line, Code.CANCELLED, "CANCELLED")
                raise
            except Exception as error:
                await self._refuse(context, line, error)
                raise AssertionError("abort always raises") from error
            context.set_trailing_metadata((("x-request-id", line.request_id),))
            self._journal.end(line, Code.OK)
            return answer

        # The stubs of grpc know no asynchronous behaviours.
        kinds: Any = grpc
        if rpc.streams:
            return kinds.unary_stream_rpc_method_handler(behaviour)
        return kinds.unary_unary_rpc_method_handler(behaviour)

    async def _answered(self, rpc: Rpc, request: bytes, caller: Caller, context: Context, line: Line) -> bytes:
        left = context.time_remaining()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, _work, rpc, request, caller, line, _deadline(left))

    async def _streamed(self, rpc: Rpc, request: bytes, caller: Caller, context: Context, line: Line) -> None:
        """Write what an rpc yields; the client's reading sets the pace."""
        asked = await asyncio.get_running_loop().run_in_executor(self._executor, _asked, rpc, request)
        async with contextlib.aclosing(rpc.answer(asked, Call(rpc.method, caller, line.request_id))) as answers:
            async for answer in answers:
                await _write(context, answer.SerializeToString(deterministic=True))

    def _admitted(self, rpc: Rpc, metadata: dict[str, str | bytes], line: Line) -> Caller:
        """Return who calls, if the rpc admits that caller."""
        caller = self._verifier.verify(bearer(metadata))
        line.principal = caller.principal
        permission.must_admit(caller, rpc.roles, rpc.method)
        return caller

    async def _refuse(self, context: Context, line: Line, error: Exception) -> None:
        refusal = refusal_of(error, line.request_id)
        self._journal.end(line, refusal.code, refusal.reason, error if refusal.reason == "DEFECT" else None)
        trailers: tuple[tuple[str, str | bytes], ...] = (*trailers_of(refusal), ("x-request-id", line.request_id))
        await context.abort(refusal.code, message_of(refusal), trailers)

    def _unknown(self, method: str) -> Callable[[object, Context], Awaitable[None]]:
        async def behaviour(_requests: object, context: Context) -> None:
            # The name is the client's: it goes into the answer, but never into a log line or a label.
            await self._refuse(context, self._journal.begin("unknown", _metadata(context)), no_such_rpc(method[:200]))

        return behaviour


async def _write(context: Context, answer: bytes) -> None:
    """Write one answer of a stream. A client that does not read it for long costs the stream, not memory."""
    try:
        async with asyncio.timeout(STALLED_SECONDS):
            await context.write(answer)
    except TimeoutError as error:
        raise TooSlow(f"the client has read nothing for {STALLED_SECONDS:g} s: resume from the last response") from error


def _work(rpc: Rpc, data: bytes, caller: Caller, line: Line, deadline: float | None) -> bytes:
    """Answer one call; runs in a thread of the pool, where the use cases may block."""
    if deadline is not None and time.monotonic() >= deadline:
        raise Refused(Refusal(Code.DEADLINE_EXCEEDED, "DEADLINE", "the deadline passed before the call's turn came"))
    answer: Message = rpc.answer(_asked(rpc, data), Call(rpc.method, caller, line.request_id))
    return answer.SerializeToString(deterministic=True)


def _asked(rpc: Rpc, data: bytes) -> Message:
    """Return the request that the bytes are, or refuse it."""
    try:
        request = rpc.parse(data)
    except DecodeError as error:
        raise MalformedMessage(f"the bytes are not a request message of {rpc.method}: check the client's proto") from error
    must_be_valid(request)
    return request


def _deadline(left: float | None) -> float | None:
    return None if left is None else time.monotonic() + left


def _metadata(context: Context) -> dict[str, str | bytes]:
    return dict(context.invocation_metadata() or ())
