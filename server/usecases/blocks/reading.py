"""Reading blocks and sessions, with what still fits in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain.caller import Caller
from server.domain.commands import SessionFilter
from server.domain.errors import NotFound
from server.domain.paging import Listing, Page
from server.domain.session import Session, SessionState
from server.domain.session_view import BlockView, SessionView
from server.usecases.blocks.desk import Desk, left_in
from server.usecases.ports import Transaction


class Reading(Desk):
    """Whoever is no staff sees the open sessions of public services, and not who holds them."""

    def get_block(self, caller: Caller, name: str) -> BlockView:
        """Return the block with its sessions."""
        with self._store.begin() as tx:
            block = tx.blocks.get(name)
            return BlockView(block, tuple(self._views(tx, tx.sessions.of_block(block.id))))

    def list_blocks(self, caller: Caller, page: Page) -> Listing[BlockView]:
        """Return a page, newest first, without sessions."""
        with self._store.begin() as tx:
            found = tx.blocks.listing(page)
            return Listing(tuple(BlockView(block) for block in found.items), found.next_token)

    def get_session(self, caller: Caller, name: str) -> SessionView:
        """Return the session; to others than staff, one that is not open and public does not exist."""
        with self._store.begin() as tx:
            session = tx.sessions.get(name)
            service = tx.services.get(session.service)
            shown = service.public and not service.unannounced and session.state is SessionState.OPEN
            if not caller.is_staff and not shown:
                raise NotFound(f"there is no session {name!r}", name=name)
            return _seen_by(caller, self._views(tx, [session])[0])

    def list_sessions(self, caller: Caller, page: Page, wanted: SessionFilter) -> Listing[SessionView]:
        """Return a page by time."""
        with self._store.begin() as tx:
            found = tx.sessions.listing(page, wanted, public_only=not caller.is_staff)
            views = self._views(tx, found.items)
            return Listing(tuple(_seen_by(caller, view) for view in views), found.next_token)

    def _views(self, tx: Transaction, sessions: Sequence[Session]) -> list[SessionView]:
        open_ones = [one for one in sessions if one.state is SessionState.OPEN]
        days = tx.days.get([one.key for one in open_ones])
        services = tx.services.some({one.service for one in open_ones})
        zones = {block: tx.blocks.by_id(block).pattern.zone for block in {one.block for one in open_ones}}
        return [
            SessionView(one, left_in(one, services[one.service], days[one.key], zones[one.block], self._clock()))
            if one.state is SessionState.OPEN
            else SessionView(one)
            for one in sessions
        ]


def _seen_by(caller: Caller, view: SessionView) -> SessionView:
    if caller.is_staff:
        return view
    return replace(view, session=replace(view.session, officers=(), block=0, release=None))
