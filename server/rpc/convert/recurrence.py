"""Recurrence and policies, as series and blocks have them."""

from __future__ import annotations

from fieldwork.v1 import series_pb2 as pb

from server.domain.recurrence import Pattern
from server.domain.recurrence_text import local_of
from server.domain.series import ClashPolicy

LOCAL = "%Y%m%dT%H%M%S"


def pattern(message: pb.Recurrence, field: str) -> Pattern:
    """Return the pattern of a recurrence, or refuse what is no local time, naming it below `field`."""
    return Pattern(
        local_of(message.start, f"{field}.start"),
        message.time_zone,
        message.rrule,
        tuple(local_of(text, f"{field}.rdates") for text in message.rdates),
        tuple(local_of(text, f"{field}.exdates") for text in message.exdates),
    )


def recurrence_message(pattern: Pattern) -> pb.Recurrence:
    """Return a pattern as a message."""
    return pb.Recurrence(
        start=f"{pattern.start:{LOCAL}}",
        time_zone=pattern.zone,
        rrule=pattern.rule,
        rdates=[f"{local:{LOCAL}}" for local in pattern.more],
        exdates=[f"{local:{LOCAL}}" for local in pattern.less],
    )


def policy(value: pb.ClashPolicy.ValueType) -> ClashPolicy:
    """Return the policy; all or nothing where none is named."""
    if value == pb.CLASH_POLICY_UNSPECIFIED:
        return ClashPolicy.ALL_OR_NOTHING
    return ClashPolicy(pb.ClashPolicy.Name(value).removeprefix("CLASH_POLICY_"))


def policy_message(policy: ClashPolicy) -> pb.ClashPolicy.ValueType:
    """Return a policy as the contract has it."""
    return pb.ClashPolicy.Value(f"CLASH_POLICY_{policy.value}")
