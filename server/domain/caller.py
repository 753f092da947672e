"""Who asks: made once per call by the edge, passed in from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from server.domain.errors import NotYours


class Role(Enum):
    """What a principal is allowed to be; the names of fieldwork.v1.Role."""

    BOOKING_ADMINISTRATOR = "BOOKING_ADMINISTRATOR"
    OFFICER = "OFFICER"
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE"
    MANAGER = "MANAGER"
    PARTNER = "PARTNER"
    PUBLIC = "PUBLIC"
    WORKER = "WORKER"


STAFF = frozenset({Role.BOOKING_ADMINISTRATOR, Role.OFFICER, Role.CUSTOMER_SERVICE, Role.MANAGER, Role.WORKER})


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal, its role and, for officers, the officer's code. `system` is the short name of a partner's system.

    `source` is how bookings come in that are made with this credential; empty: what follows from the role.
    """

    principal: str
    role: Role
    officer: str | None = None
    system: str = ""
    source: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether the caller may see officers and travel figures."""
        return self.role in STAFF

    @property
    def own_system(self) -> str:
        """Return the system whose records a partner owns: what its token names, else its principal; empty for all others."""
        return (self.system or self.principal) if self.role is Role.PARTNER else ""

    def must_be_officer(self, code: str) -> None:
        """Refuse an officer who asks for another officer's things."""
        if self.role is Role.OFFICER and self.officer != code:
            raise NotYours(f"officers/{code} is another officer", officer=code)


@dataclass(frozen=True, slots=True)
class Request:
    """A write that a client may repeat: the same id with the same body gives the same answer (AIP-155).

    `fingerprint` is a digest of the body; `encode` writes the use case's answer the way the edge sends it, so that it
    can be kept in the transaction that made it.
    """

    caller: Caller
    method: str
    request_id: str
    fingerprint: bytes
    encode: Callable[[Any], bytes]
