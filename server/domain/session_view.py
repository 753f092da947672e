"""Sessions and blocks as they are answered with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.block import Block
from server.domain.session import Session


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with how many more bookings of its service's duration fit in."""

    session: Session
    places_left: int = 0


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block with its sessions, earliest first, and the starts that were left out."""

    block: Block
    sessions: tuple[SessionView, ...] = ()
    skipped: tuple[datetime, ...] = ()
