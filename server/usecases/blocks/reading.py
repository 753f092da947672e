"""Reading blocks and sessions, with what still fits in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from server.domain import local_time
from server.domain.allotting import kept_for
from server.domain.caller import Caller
from server.domain.catalogue import Service
from server.domain.commands import SessionFilter
from server.domain.errors import NotFound
from server.domain.paging import Listing, Page
from server.domain.places_left import places_left
from server.domain.resource_day import ResourceDay
from server.domain.session import Session, SessionState
from server.domain.session_view import BlockView, SessionView
from server.domain.spans import Span
from server.usecases.blocks.desk import Desk
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
            SessionView(one, self._left(one, services[one.service], days.get(one.key), zones[one.block]))
            if one.state is SessionState.OPEN
            else SessionView(one)
            for one in sessions
        ]

    def _left(self, session: Session, service: Service, day: ResourceDay | None, zone: str) -> int:
        if day is None:
            return 0
        now = self._clock()
        live = replace(day, beside=tuple(s for s in day.beside if not s.hold or day.span.at(s.expires) > now))
        promises = (one for one in _promises(session, service, zone) if one.start > now)
        return places_left(live, session.span, [kept_for(service, one) for one in promises])


def _promises(session: Session, service: Service, zone: str) -> list[Span]:
    """Return the promises of a service that begin in a session, by the clocks of a zone."""
    where = local_time.zone(zone)
    first, last = (local_time.local_date(moment, where) for moment in (session.span.start, session.span.end))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [one for day in days for one in service.promises(day, where) if one.start in session.span]


def _seen_by(caller: Caller, view: SessionView) -> SessionView:
    if caller.is_staff:
        return view
    return replace(view, session=replace(view.session, officers=(), block=0, release=None))
