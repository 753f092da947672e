"""Emergencies and the priority matrix."""

from __future__ import annotations

from fieldwork.v1 import visits_pb2 as pb

from server.domain.caller import Caller
from server.domain.emergency import Displaced, Emergency, NewEmergency
from server.domain.priority import Priority, PriorityMatrix, Rating
from server.rpc.convert.common import case_ref
from server.rpc.convert.names import code, identified, number, optional
from server.rpc.convert.times import instant, timestamp
from server.rpc.convert.visits import rating, visit_message


def new_emergency(message: pb.CreateEmergencyVisitRequest) -> NewEmergency:
    """Return the urgent visit that is asked for."""
    return NewEmergency(
        service=code(message.service),
        premises=number(message.premises),
        weight=message.weight,
        rating=rating(message.rating) if message.HasField("rating") else None,
        latest_start=instant(message.latest_start_time) if message.HasField("latest_start_time") else None,
        case=case_ref(message.case) if message.HasField("case") else None,
        allow_broken_promises=message.allow_broken_promises,
        over_limit=message.over_limit,
    )


def emergency_message(done: Emergency, caller: Caller) -> pb.CreateEmergencyVisitResponse:
    """Return what was done, as this caller may see it."""
    return pb.CreateEmergencyVisitResponse(
        visit=visit_message(done.view, caller),
        displaced=[_displaced(one) for one in done.displaced] if caller.is_staff else [],
        repairs=[repair.name for repair in done.repairs] if caller.is_staff else [],
    )


def _displaced(one: Displaced) -> pb.CreateEmergencyVisitResponse.Displaced:
    message = pb.CreateEmergencyVisitResponse.Displaced(
        visit=identified("visits", one.visit),
        booking=identified("bookings", one.booking),
        from_officer=optional("officers", one.from_officer),
        to_officer=optional("officers", one.to_officer),
        broken=one.broken,
    )
    if one.start is not None:
        message.start_time.CopyFrom(timestamp(one.start))
    return message


def matrix(message: pb.PriorityMatrix) -> PriorityMatrix:
    """Return the matrix to keep."""
    return PriorityMatrix(tuple(Priority(rating(row.rating), row.level, row.weight) for row in message.rows))


def matrix_message(found: PriorityMatrix) -> pb.PriorityMatrix:
    """Return the matrix as a message."""
    return pb.PriorityMatrix(
        rows=[
            pb.PriorityMatrix.Row(rating=_rating_message(row.rating), level=row.level, weight=row.weight)
            for row in found.rows
        ]
    )


def _rating_message(one: Rating) -> pb.Rating:
    return pb.Rating(severity=one.severity, likelihood=one.likelihood)
