"""Lines of the audit."""

from __future__ import annotations

from fieldwork.v1 import audit_pb2 as pb

from server.domain.audit import Audit, AuditFilter
from server.rpc.convert.times import span, timestamp


def audit_entry(line: Audit) -> pb.AuditEntry:
    """Return a line as a message."""
    return pb.AuditEntry(
        time=timestamp(line.at), actor=line.actor, action=line.action, subject=line.subject, detail=dict(line.detail)
    )


def audit_filter(message: pb.ListAuditRequest) -> AuditFilter:
    """Return which lines are asked for."""
    within = span(message.interval) if message.HasField("interval") else None
    return AuditFilter(message.subject, message.action, message.actor, within)
