"""Facts about officers, teams, rooms, equipment and the authority."""

from __future__ import annotations

from fieldwork.v1 import availability_pb2
from fieldwork.v1 import facts_pb2 as pb

from server.domain.caller import Caller
from server.domain.facts import FactKind, FactOutcome, RecordedFact
from server.rpc.convert.availability import repair_message
from server.rpc.convert.names import identified
from server.rpc.convert.opening import subject
from server.rpc.convert.times import bounded_span, interval, timestamp

_LONGEST_DAYS = 366
_KINDS = {
    FactKind.ABSENCE: pb.Fact.KIND_ABSENCE,
    FactKind.CLOSURE: pb.Fact.KIND_CLOSURE,
    FactKind.EXTERNAL_BUSY: pb.Fact.KIND_EXTERNAL_BUSY,
    FactKind.OUT_OF_SERVICE: pb.Fact.KIND_OUT_OF_SERVICE,
}
_KIND_OF = {message: kind for kind, message in _KINDS.items()}


def fact(message: pb.Fact) -> RecordedFact:
    """Return the fact to record."""
    return RecordedFact(
        id=0,
        subject=subject(message.subject),
        kind=_KIND_OF[message.kind],
        span=bounded_span(message.interval, _LONGEST_DAYS, "fact.interval"),
        label=message.label,
        source=message.source,
        external_id=message.external_id,
    )


def optional_kind(message: pb.Fact.Kind.ValueType) -> FactKind | None:
    """Return the kind of a filter; None for every kind."""
    return _KIND_OF.get(message)


def fact_message(known: RecordedFact) -> pb.Fact:
    """Return a fact as a message."""
    return pb.Fact(
        name=known.name,
        subject=str(known.subject),
        kind=_KINDS[known.kind],
        interval=interval(known.span),
        label=known.label,
        source=known.source,
        external_id=known.external_id,
        creator=known.creator,
        update_time=timestamp(known.created) if known.created else None,
        etag=known.etag,
    )


def outcome_message(outcome: FactOutcome, caller: Caller) -> availability_pb2.UpsertFactResponse:
    """Return what a fact did, as this caller may see it."""
    return availability_pb2.UpsertFactResponse(
        fact=fact_message(outcome.fact),
        repairs=[repair_message(repair) for repair in outcome.repairs] if caller.is_staff else [],
        reopened_visits=[identified("visits", visit) for visit in outcome.reopened_visits] if caller.is_staff else [],
    )
