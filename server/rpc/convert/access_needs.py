"""Access needs."""

from __future__ import annotations

from fieldwork.v1 import common_pb2
from fieldwork.v1 import customers_pb2 as pb

from server.domain.access_need import AccessNeed
from server.rpc.convert.names import code


def need_message(need: AccessNeed) -> pb.AccessNeed:
    """Return a need as a message."""
    return pb.AccessNeed(
        name=need.name,
        display_name=need.title,
        skill=common_pb2.SkillLevel(skill=need.skill, level=need.level) if need.skill else None,
        feature=need.feature,
    )


def need(message: pb.AccessNeed) -> AccessNeed:
    """Return the need to record."""
    return AccessNeed(code(message.name), message.display_name, message.skill.skill, message.skill.level, message.feature)
