"""Refusals: what the domain raises when something cannot be. The edge turns a kind into a status; nobody else does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What sort of refusal it is; one table at the edge gives each its gRPC status."""

    INVALID = "invalid"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    EXHAUSTED = "exhausted"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that cannot be as it is; `field` is the path in the request, `description` says value and remedy."""

    field: str
    description: str


class DomainError(Exception):
    """A refusal with a machine-readable reason: a name of fieldwork.v1.Reason without its prefix."""

    kind: ClassVar[Kind] = Kind.REFUSED
    reason: ClassVar[str] = "DEFECT"

    def __init__(self, message: str, *, violations: Sequence[Violation] = (), **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.violations = tuple(violations)
        self.facts = {name: str(value) for name, value in facts.items()}


class InvalidField(DomainError):
    """A field has a value that can never be right."""

    kind, reason = Kind.INVALID, "INVALID_FIELD"

    @classmethod
    def of(cls, field: str, description: str) -> InvalidField:
        """Return the refusal of one field."""
        return cls(f"{field}: {description}", violations=[Violation(field, description)])


class RequestIdReused(DomainError):
    """The request id was used before with another body."""

    kind, reason = Kind.INVALID, "REQUEST_ID_REUSED"


class BadPageToken(DomainError):
    """The page token was not made by this list with these filters."""

    kind, reason = Kind.INVALID, "BAD_PAGE_TOKEN"


class TokenMissing(DomainError):
    """No bearer token."""

    kind, reason = Kind.UNAUTHENTICATED, "TOKEN_MISSING"


class TokenInvalid(DomainError):
    """The token is expired, altered or not ours."""

    kind, reason = Kind.UNAUTHENTICATED, "TOKEN_INVALID"


class RoleNotAllowed(DomainError):
    """The rpc does not admit the caller's role."""

    kind, reason = Kind.FORBIDDEN, "ROLE_NOT_ALLOWED"


class NotYours(DomainError):
    """The resource belongs to somebody else."""

    kind, reason = Kind.FORBIDDEN, "NOT_YOURS"


class NotFound(DomainError):
    """No resource of that name, or none that the caller may know of."""

    kind, reason = Kind.NOT_FOUND, "NOT_FOUND"


class StaleEtag(DomainError):
    """Somebody else changed the resource since the etag was read."""

    kind, reason = Kind.CONFLICT, "STALE_ETAG"


class SlotTaken(DomainError):
    """The time is no longer free. `alternatives` are promises (start, end) that could be booked when this was raised."""

    kind, reason = Kind.CONFLICT, "SLOT_TAKEN"
    alternatives: tuple[object, ...] = ()


class PlanStale(DomainError):
    """The plan's days changed and could not be reconciled."""

    kind, reason = Kind.CONFLICT, "PLAN_STALE"


class DuplicateBooking(DomainError):
    """The case already has a live booking of this service."""

    kind, reason = Kind.DUPLICATE, "DUPLICATE_BOOKING"


class IllegalTransition(DomainError):
    """The state machine has no such transition."""

    kind, reason = Kind.REFUSED, "ILLEGAL_TRANSITION"


class TooEarly(DomainError):
    """That cannot have happened yet."""

    kind, reason = Kind.REFUSED, "TOO_EARLY"


class HoldExpired(DomainError):
    """The hold has run out and its time may have been given away."""

    kind, reason = Kind.REFUSED, "HOLD_EXPIRED"


class OutsideNotice(DomainError):
    """Outside the service's notice or horizon."""

    kind, reason = Kind.REFUSED, "OUTSIDE_NOTICE"


class OffGrid(DomainError):
    """The start is not on the service's grid, or falls into an hour that a clock change skips."""

    kind, reason = Kind.REFUSED, "OFF_GRID"


class PremisesNeeded(DomainError):
    """The service needs a premises and none was given."""

    kind, reason = Kind.REFUSED, "PREMISES_NEEDED"


class OffRoad(DomainError):
    """No road of the officers' travel modes leads near the place."""

    kind, reason = Kind.REFUSED, "OFF_ROAD"


class NoOfficer(DomainError):
    """Nobody has the skills that the service needs."""

    kind, reason = Kind.REFUSED, "NO_OFFICER"


class PlanState(DomainError):
    """The plan is not in a state that allows this."""

    kind, reason = Kind.REFUSED, "PLAN_STATE"


class PlanRejected(DomainError):
    """The checker refuses the plan."""

    kind, reason = Kind.REFUSED, "PLAN_REJECTED"


class NoShift(DomainError):
    """The officer has no shift on that day."""

    kind, reason = Kind.REFUSED, "NO_SHIFT"


class TooManyHolds(DomainError):
    """The caller has too many live holds."""

    kind, reason = Kind.EXHAUSTED, "TOO_MANY_HOLDS"


class StoreUnavailable(DomainError):
    """The database cannot be reached just now, or gave the work up; the same call may succeed a moment later."""

    kind, reason = Kind.UNAVAILABLE, "STORE_UNAVAILABLE"


class LocationNotOffered(DomainError):
    """The service is not offered at that location."""

    kind, reason = Kind.REFUSED, "LOCATION_NOT_OFFERED"


class NoResource(DomainError):
    """No room or equipment of the kind that the service needs exists there."""

    kind, reason = Kind.REFUSED, "NO_RESOURCE"


class NotEligible(DomainError):
    """A contact detail, a language or an access need is not met."""

    kind, reason = Kind.REFUSED, "NOT_ELIGIBLE"


class Frozen(DomainError):
    """The visit is started, pinned or frozen and does not move."""

    kind, reason = Kind.REFUSED, "FROZEN"


class LimitReached(DomainError):
    """An officer's limit of visits, or the share of the day kept for other work, is used up."""

    kind, reason = Kind.REFUSED, "LIMIT_REACHED"


class CaseClosed(DomainError):
    """The case is closed."""

    kind, reason = Kind.REFUSED, "CASE_CLOSED"


class CustomerMerged(DomainError):
    """The record was merged into another one, which the fact `merged_into` names."""

    kind, reason = Kind.REFUSED, "CUSTOMER_MERGED"


class SeriesClash(DomainError):
    """Occurrences of the series cannot be booked."""

    kind, reason = Kind.REFUSED, "SERIES_CLASH"


class InUse(DomainError):
    """The resource is still used."""

    kind, reason = Kind.REFUSED, "IN_USE"


class SessionFull(DomainError):
    """Every seat of the session is taken. `alternatives` are promises (start, end) that could be kept instead."""

    kind, reason = Kind.EXHAUSTED, "SESSION_FULL"
    alternatives: tuple[object, ...] = ()


class TooMany(DomainError):
    """Too many at once for one call, or too many open streams."""

    kind, reason = Kind.EXHAUSTED, "TOO_MANY"


class BadResumeToken(DomainError):
    """The resume token was not given out by this stream of this deployment."""

    kind, reason = Kind.INVALID, "BAD_RESUME_TOKEN"


class WatchTooOld(DomainError):
    """The resume token is too old to go on from."""

    kind, reason = Kind.REFUSED, "WATCH_TOO_OLD"


class TooSlow(DomainError):
    """The watcher reads more slowly than things happen. The fact `resume_token` says where it stands."""

    kind, reason = Kind.EXHAUSTED, "TOO_SLOW"


class WatchEnded(DomainError):
    """The server ends the stream. The fact `resume_token` says where to go on, here or elsewhere."""

    kind, reason = Kind.UNAVAILABLE, "WATCH_ENDED"
