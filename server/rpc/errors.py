"""The one table from refusals to statuses, and the google.rpc.Status that goes out with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from server.domain.errors import DomainError, Kind, SessionFull, SlotTaken, Violation
from server.domain.spans import Span

Code = grpc.StatusCode

STATUS: dict[Kind, Code] = {
    Kind.INVALID: Code.INVALID_ARGUMENT,
    Kind.NOT_FOUND: Code.NOT_FOUND,
    Kind.REFUSED: Code.FAILED_PRECONDITION,
    Kind.CONFLICT: Code.ABORTED,
    Kind.DUPLICATE: Code.ALREADY_EXISTS,
    Kind.FORBIDDEN: Code.PERMISSION_DENIED,
    Kind.UNAUTHENTICATED: Code.UNAUTHENTICATED,
    Kind.EXHAUSTED: Code.RESOURCE_EXHAUSTED,
    Kind.UNAVAILABLE: Code.UNAVAILABLE,
}
EDGE_REASONS = ("MALFORMED_MESSAGE", "NO_SUCH_RPC", "DEADLINE", "CANCELLED", "DEFECT")
"""Reasons that the edge itself gives, besides those of the domain's errors."""

LARGEST_DETAILS = 4000
"""Bytes of a status. Trailers stop at 8 KB; there, a status is written in base 64 and a message with %-escapes."""
LARGEST_MESSAGE = 600
"""Bytes of a message."""
LARGEST_FACT = 1000
"""Bytes of a fact: a resume token that was cut would be none."""
RETRY_AFTER_SECONDS = 1


class MalformedMessage(DomainError):
    """The bytes are not a message of this rpc's request type."""

    kind, reason = Kind.INVALID, "MALFORMED_MESSAGE"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What goes out instead of an answer."""

    code: Code
    reason: str
    message: str
    violations: Sequence[Violation] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A refusal that only the edge knows, such as an rpc that does not exist."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def no_such_rpc(method: str) -> Refused:
    """Return the refusal of an rpc that nobody serves."""
    return Refused(Refusal(Code.UNIMPLEMENTED, "NO_SUCH_RPC", f"there is no rpc {method}; reflection lists those that are"))


def refusal_of(error: Exception, request_id: str) -> Refusal:
    """Return what the caller is told of an error: of a defect, the request id and nothing else."""
    if isinstance(error, Refused):
        return error.refusal
    if isinstance(error, DomainError):
        facts = dict(error.facts)
        if isinstance(error, (SlotTaken, SessionFull)) and error.alternatives:
            facts["alternatives"] = _start_times(error.alternatives)
        return Refusal(STATUS[error.kind], error.reason, error.message, error.violations, facts)
    return Refusal(Code.INTERNAL, "DEFECT", f"internal error, request id {request_id}", (), {"request_id": request_id})


def _start_times(alternatives: Sequence[object]) -> str:
    spans = [span for span in alternatives if isinstance(span, Span)]
    return ",".join(span.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for span in spans[:10])


def status_of(refusal: Refusal) -> status_pb2.Status:
    """Return the status with its details, cut so that it fits into trailers."""
    violations, facts = list(refusal.violations), dict(refusal.facts)
    while True:
        status = _status(refusal, violations, facts)
        if status.ByteSize() <= LARGEST_DETAILS:
            return status
        if violations:
            violations = violations[: len(violations) // 2]
        else:
            facts = dict(list(facts.items())[: len(facts) // 2])


def _status(refusal: Refusal, violations: Sequence[Violation], facts: Mapping[str, str]) -> status_pb2.Status:
    info = error_details_pb2.ErrorInfo(reason=refusal.reason, domain="fieldwork")
    for key, value in facts.items():
        info.metadata[key] = _cut(value, LARGEST_FACT)
    details: list[Message] = [info]
    if violations:
        fields = [
            error_details_pb2.BadRequest.FieldViolation(field=_cut(one.field, 200), description=_cut(one.description, 400))
            for one in violations
        ]
        details.append(error_details_pb2.BadRequest(field_violations=fields))
    if refusal.code is Code.UNAVAILABLE:
        details.append(error_details_pb2.RetryInfo(retry_delay=Duration(seconds=RETRY_AFTER_SECONDS)))
    status = status_pb2.Status(code=refusal.code.value[0], message=message_of(refusal))
    for detail in details:
        status.details.add().Pack(detail)
    return status


def message_of(refusal: Refusal) -> str:
    """Return the text of a refusal, cut so that it fits into trailers."""
    return _cut(refusal.message, LARGEST_MESSAGE)


def _cut(text: str, size: int) -> str:
    data = text.encode(errors="replace")
    return text if len(data) <= size else data[: size - 3].decode(errors="ignore") + "…"


def trailers_of(refusal: Refusal) -> tuple[tuple[str, bytes], ...]:
    """Return the trailing metadata that carries the status."""
    return (("grpc-status-details-bin", status_of(refusal).SerializeToString()),)


def code_of_reason(reason: str) -> Code:
    """Return the status of a reason that was kept without its kind, as in a failed operation."""
    if reason == "CANCELLED":
        return Code.CANCELLED
    known = {kind.reason: STATUS[kind.kind] for kind in _every_refusal(DomainError)}
    return known.get(reason, Code.INTERNAL)


def _every_refusal(base: type[DomainError]) -> list[type[DomainError]]:
    return [found for child in base.__subclasses__() for found in (child, *_every_refusal(child))]
