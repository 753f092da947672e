"""Why bookings are cancelled: reasons are data, so that reports mean the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.domain.booking import Booking, BookingState
from server.domain.caller import Caller, Role
from server.domain.errors import InvalidField

ABORTED = "ABORTED_"
DECLINED, APPROVAL_TIMEOUT, CUSTOMER_REQUEST = "DECLINED", "APPROVAL_TIMEOUT", "CUSTOMER_REQUEST"
"""Reasons that the server itself uses; the migration brings them."""


class ReasonKind(Enum):
    """On whose side a reason lies. SYSTEM ones are set by the server only."""

    CUSTOMER = "CUSTOMER"
    AUTHORITY = "AUTHORITY"
    ABORTED = "ABORTED"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class CancelReason:
    """A reason. `roles` are those who may use it, empty for whoever may cancel; a retired one is not chosen any more."""

    code: str
    text: str
    kind: ReasonKind
    roles: frozenset[Role] = frozenset()
    retired: bool = False

    def __post_init__(self) -> None:
        if self.code.startswith(ABORTED) != (self.kind is ReasonKind.ABORTED):
            raise InvalidField.of(
                "cancel_reason.kind", f"{self.kind.value} does not go with {self.code}: ABORTED is for codes {ABORTED}*"
            )

    @property
    def name(self) -> str:
        """The resource name."""
        return f"cancelReasons/{self.code}"

    def may_be_used_by(self, caller: Caller) -> bool:
        """Tell whether a caller may choose it."""
        by_role = not self.roles or caller.role in self.roles
        return by_role and not self.retired and self.kind is not ReasonKind.SYSTEM

    def must_suit(self, booking: Booking, caller: Caller) -> None:
        """Refuse a reason that the caller may not use, or that does not go with where the booking stands."""
        if not self.may_be_used_by(caller):
            raise InvalidField.of("reason", f"{self.code} is not for the role {caller.role.value}: see ListCancelReasons")
        if caller.role is Role.OFFICER and self.kind is not ReasonKind.ABORTED:
            raise InvalidField.of("reason", f"{self.code} is not for officers: they break work off with {ABORTED}*")
        broken_off = booking.state is BookingState.IN_PROGRESS
        if broken_off and self.kind is not ReasonKind.ABORTED:
            raise InvalidField.of("reason", f"{self.code} does not go with work that has begun: take one of {ABORTED}*")
        if not broken_off and self.kind is ReasonKind.ABORTED:
            raise InvalidField.of("reason", f"{self.code} is for work that has begun; this booking is {booking.state.value}")
