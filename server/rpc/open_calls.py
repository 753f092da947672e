"""Health and reflection: rpcs without a token, whose servicers are gRPC's own. Malformed bytes are refused here too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from server.rpc.errors import MalformedMessage, message_of, refusal_of, trailers_of

Context = grpc.aio.ServicerContext[Any, Any]


_LAST_WORD_SECONDS = 0.1


def open_handler(handler: Any, stopping: asyncio.Event) -> Any:
    """Return the handler with its request parsed under our eyes; a watch ends when the server is `stopping`."""
    parse = handler.request_deserializer

    async def unary(request: bytes, context: Context) -> Any:
        return await handler.unary_unary(await _parsed(parse, request, context), context)

    async def watch(request: bytes, context: Context) -> None:
        await _until(stopping, handler.unary_stream(await _parsed(parse, request, context), context))

    async def talk(requests: AsyncIterator[bytes], context: Context) -> AsyncIterator[Any]:
        async def messages() -> AsyncIterator[Any]:
            async for request in requests:
                yield await _parsed(parse, request, context)

        async for answer in handler.stream_stream(messages(), context):
            yield answer

    # The stubs of grpc know no asynchronous behaviours.
    kinds: Any = grpc
    answer = handler.response_serializer
    if handler.unary_unary:
        return kinds.unary_unary_rpc_method_handler(unary, None, answer)
    if handler.unary_stream:
        return kinds.unary_stream_rpc_method_handler(watch, None, answer)
    return kinds.stream_stream_rpc_method_handler(talk, None, answer)


async def _until(stopping: asyncio.Event, watch: Coroutine[Any, Any, None]) -> None:
    """Run a watch until it ends or the server stops: it never ends by itself, and would hold up the drain."""
    watching = asyncio.ensure_future(watch)
    stopped = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({watching, stopped}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({watching}, timeout=_LAST_WORD_SECONDS)  # it still tells NOT_SERVING
    finally:
        watching.cancel()
        stopped.cancel()


async def _parsed(parse: Callable[[bytes], Any], request: bytes, context: Context) -> Any:
    try:
        return parse(request)
    except DecodeError:
        refusal = refusal_of(MalformedMessage("the bytes are not a request message of this rpc"), "")
        await context.abort(refusal.code, message_of(refusal), trailers_of(refusal))
