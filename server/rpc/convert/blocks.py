"""Blocks and sessions."""

from __future__ import annotations

from fieldwork.v1 import blocks_pb2 as pb

from server.domain.block import Block
from server.domain.caller import Caller
from server.domain.commands import NewBlock, SessionFilter
from server.domain.ids import decode
from server.domain.session_view import BlockView, SessionView
from server.rpc.convert.bookings import customer_message, unlinked_customer
from server.rpc.convert.common import case_message, case_ref
from server.rpc.convert.names import code, identified, officers, optional
from server.rpc.convert.recurrence import pattern, policy, policy_message, recurrence_message
from server.rpc.convert.times import interval, span, timestamp


def block_message(view: BlockView, caller: Caller) -> pb.Block:
    """Return a block with its sessions, as this caller may see it."""
    message = _block_message(view.block, caller)
    message.sessions.extend(map(session_message, view.sessions))
    message.skipped_times.extend(map(timestamp, view.skipped))
    return message


def _block_message(block: Block, caller: Caller) -> pb.Block:
    return pb.Block(
        name=block.name,
        service=f"services/{block.service}",
        location=optional("locations", block.location),
        recurrence=recurrence_message(block.pattern),
        duration_minutes=block.minutes,
        seats=block.seats,
        officers=officers(block.officers),
        room=optional("resources", block.room),
        clash_policy=policy_message(block.policy),
        release_before_hours=block.release_before_hours,
        case=case_message(block.case),
        customer=customer_message(block.customer, caller) if block.customer else None,
        note=block.note,
        state=pb.Block.State.Value(f"STATE_{block.state.value}"),
        cancel_reason=block.cancel_reason,
        create_time=timestamp(block.created),
        etag=block.etag,
    )


def session_message(view: SessionView) -> pb.Session:
    """Return a session as a message; what the caller may not see was taken out before."""
    session = view.session
    return pb.Session(
        name=session.name,
        block=identified("blocks", session.block),
        service=f"services/{session.service}",
        location=optional("locations", session.location),
        interval=interval(session.span),
        seats=session.seats,
        remaining_places=view.places_left,
        officers=officers(session.officers),
        state=pb.Session.State.Value(f"STATE_{session.state.value}"),
        release_time=timestamp(session.release) if session.release else None,
        etag=session.etag,
    )


def new_block(message: pb.Block) -> NewBlock:
    """Return the block to open."""
    return NewBlock(
        service=code(message.service),
        pattern=pattern(message.recurrence, "block.recurrence"),
        minutes=message.duration_minutes,
        seats=message.seats,
        policy=policy(message.clash_policy),
        location=code(message.location),
        officers=tuple(dict.fromkeys(code(name) for name in message.officers)),
        room=code(message.room),
        release_before_hours=message.release_before_hours,
        case=case_ref(message.case) if message.HasField("case") else None,
        customer=unlinked_customer(message.customer, "block.customer") if message.HasField("customer") else None,
        note=message.note,
    )


def session_filter(message: pb.ListSessionsRequest) -> SessionFilter:
    """Return which sessions are asked for."""
    return SessionFilter(
        service=code(message.service),
        location=code(message.location),
        block=decode(message.block, "block") if message.block else 0,
        span=span(message.interval) if message.HasField("interval") else None,
    )
