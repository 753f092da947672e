"""Health and reflection: rpcs without a token, whose servicers are gRPC's own. Malformed bytes are refused here too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from server.rpc.errors import MalformedMessage, message_of, refusal_of, trailers_of

Context = grpc.aio.ServicerContext[Any, Any]


def open_handler(handler: Any) -> Any:
    """Return the handler with its request parsed under our eyes."""
    parse = handler.request_deserializer

    async def unary(request: bytes, context: Context) -> Any:
        return await handler.unary_unary(await _parsed(parse, request, context), context)

    async def watch(request: bytes, context: Context) -> None:
        await handler.unary_stream(await _parsed(parse, request, context), context)

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


async def _parsed(parse: Callable[[bytes], Any], request: bytes, context: Context) -> Any:
    try:
        return parse(request)
    except DecodeError:
        refusal = refusal_of(MalformedMessage("the bytes are not a request message of this rpc"), "")
        await context.abort(refusal.code, message_of(refusal), trailers_of(refusal))
