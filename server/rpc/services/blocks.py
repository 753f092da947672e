"""BlockService."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldwork.v1 import blocks_pb2 as pb
from fieldwork.v1.blocks_pb2_grpc import BlockServiceServicer
from grpc import ServicerContext

from server.domain.caller import Request
from server.domain.paging import Page
from server.domain.session_view import BlockView
from server.rpc.application import BlockBookings
from server.rpc.call import caller_of, write
from server.rpc.convert.blocks import block_message, new_block, session_filter, session_message


class BlockServicer(BlockServiceServicer):
    """Blocks and sessions."""

    def __init__(self, blocks: BlockBookings) -> None:
        self._blocks = blocks

    def CreateBlock(self, request: pb.CreateBlockRequest, context: ServicerContext) -> pb.Block:
        return self._write(context, request, lambda key: self._blocks.create(key, new_block(request.block)))

    def GetBlock(self, request: pb.GetBlockRequest, context: ServicerContext) -> pb.Block:
        caller = caller_of(context)
        return block_message(self._blocks.get_block(caller, request.name), caller)

    def ListBlocks(self, request: pb.ListBlocksRequest, context: ServicerContext) -> pb.ListBlocksResponse:
        caller = caller_of(context)
        found = self._blocks.list_blocks(caller, Page(request.page_size, request.page_token))
        return pb.ListBlocksResponse(
            blocks=[block_message(view, caller) for view in found.items], next_page_token=found.next_token
        )

    def CancelBlock(self, request: pb.CancelBlockRequest, context: ServicerContext) -> pb.Block:
        return self._write(
            context, request, lambda key: self._blocks.cancel_block(key, request.name, request.reason, request.etag)
        )

    def GetSession(self, request: pb.GetSessionRequest, context: ServicerContext) -> pb.Session:
        return session_message(self._blocks.get_session(caller_of(context), request.name))

    def ListSessions(self, request: pb.ListSessionsRequest, context: ServicerContext) -> pb.ListSessionsResponse:
        page = Page(request.page_size, request.page_token)
        found = self._blocks.list_sessions(caller_of(context), page, session_filter(request))
        return pb.ListSessionsResponse(sessions=map(session_message, found.items), next_page_token=found.next_token)

    def CancelSession(self, request: pb.CancelSessionRequest, context: ServicerContext) -> pb.Session:
        return write(
            context,
            request,
            pb.Session,
            lambda key: self._blocks.cancel_session(key, request.name, request.reason, request.etag),
            session_message,
        )

    def _write(self, context: ServicerContext, request: Any, act: Callable[[Request], BlockView]) -> pb.Block:
        caller = caller_of(context)
        return write(context, request, pb.Block, act, lambda view: block_message(view, caller))
