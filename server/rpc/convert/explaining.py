"""Why a slot is offered, or is not."""

from __future__ import annotations

from fieldwork.v1 import bookings_pb2 as pb

from server.domain.explanation import Obstacle, OfficerReasons, SlotExplanation
from server.rpc.convert.times import interval, timestamp


def explanation_message(found: SlotExplanation) -> pb.ExplainSlotResponse:
    """Return an explanation as a message."""
    return pb.ExplainSlotResponse(
        promise=interval(found.promise),
        offered=found.offered,
        obstacles=map(_obstacle, found.obstacles),
        officers=map(_officer, found.officers),
        truncated=found.truncated,
    )


def _officer(reasons: OfficerReasons) -> pb.OfficerExplanation:
    return pb.OfficerExplanation(
        officer=f"officers/{reasons.officer}",
        can_keep=reasons.can,
        displacing=reasons.displacing,
        obstacles=map(_obstacle, reasons.obstacles),
    )


def _obstacle(one: Obstacle) -> pb.SlotObstacle:
    return pb.SlotObstacle(
        rule=pb.SlotObstacle.Rule.Value(f"RULE_{one.rule.value}"),
        text=one.text,
        code=one.code,
        needs=one.needs,
        has=one.has,
        busy=interval(one.busy) if one.busy else None,
        missing_seconds=one.missing_s,
        nearest_start_time=timestamp(one.nearest) if one.nearest else None,
    )
