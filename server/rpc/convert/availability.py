"""Absences and repairs."""

from __future__ import annotations

from collections.abc import Sequence

from fieldwork.v1 import availability_pb2 as pb

from server.domain.commands import NewAbsence
from server.domain.facts import Absence, AbsenceOutcome, Repair
from server.domain.spans import Span
from server.rpc.convert.names import code, identified, optional
from server.rpc.convert.times import bounded_span, interval, timestamp

_LONGEST_ABSENCE_DAYS = 366


def new_absence(message: pb.Absence) -> NewAbsence:
    """Return the absence to record."""
    return NewAbsence(
        officer=code(message.officer),
        span=bounded_span(message.interval, _LONGEST_ABSENCE_DAYS, "absence.interval"),
        kind=message.kind,
    )


def absence_message(absence: Absence) -> pb.Absence:
    """Return an absence as a message."""
    return pb.Absence(
        name=absence.name, officer=f"officers/{absence.officer}", interval=interval(absence.span), kind=absence.kind
    )


def outcome_message(outcome: AbsenceOutcome) -> pb.CreateAbsenceResponse:
    """Return what an absence did."""
    return pb.CreateAbsenceResponse(
        absence=absence_message(outcome.absence),
        repairs=[repair_message(repair) for repair in outcome.repairs],
        reopened_visits=[identified("visits", visit) for visit in outcome.reopened_visits],
    )


def repair_message(repair: Repair, alternatives: Sequence[Span] = ()) -> pb.Repair:
    """Return a repair as a message, with promises that its booking could be moved to."""
    return pb.Repair(
        name=repair.name,
        cause=repair.cause,
        booking=identified("bookings", repair.booking),
        officer=optional("officers", repair.officer),
        owner=repair.owner,
        deadline=timestamp(repair.deadline),
        state=pb.Repair.State.Value(f"STATE_{repair.state.value}"),
        resolution=repair.resolution,
        create_time=timestamp(repair.created),
        resource=optional("resources", repair.resource),
        escalate_time=timestamp(repair.escalated) if repair.escalated else None,
        alternatives=map(interval, alternatives),
    )
