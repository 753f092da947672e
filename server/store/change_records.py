"""The records of a change as JSON has them: what the generic write's statement unpacks into rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.audit import Audit
from server.domain.booking import Booking, BookingEvent, Hold
from server.domain.change import Change, Job
from server.domain.day_rows import bitmap, changes_offers, diff, longest_gap
from server.domain.facts import Repair
from server.domain.resource_day import Occupancy
from server.domain.spans import Span
from server.domain.visit import Visit
from server.store import route_codec

Records = list[Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, as it is kept for whoever repeats it."""

    principal: str
    request_id: str
    method: str
    fingerprint: bytes
    content: bytes
    at: datetime


def records(change: Change, answers: Iterable[Answer]) -> dict[str, Records]:
    """Return the records of each part of the statement; parts without any are left out."""
    rows = diff(change.before, change.after)
    parts: dict[str, Records] = {
        "days": _days(change),
        "gone": list(rows.gone),
        "visits": [_visit(visit) for visit in change.visits],
        "bookings": [_booking(booking) for booking in change.bookings],
        "holds": [_hold(hold) for hold in change.holds],
        "released": list(change.released_holds),
        "moved": [_occupancy(row) for row in rows.moved],
        "added": [_occupancy(row) for row in rows.added],
        "events": [_event(event) for event in change.events],
        "repairs": [_repair(repair) for repair in change.repairs],
        "audits": [_audit(audit) for audit in change.audits],
        "jobs": [job_record(job) for job in change.jobs],
        "answers": [_answer(answer) for answer in answers],
    }
    return {name: part for name, part in parts.items() if part}


def _days(change: Change) -> Records:
    tells = changes_offers(change.before, change.after)
    return [
        {
            "day": day.day.isoformat(),
            "resource_id": day.resource,
            "seq": day.seq,
            "bitmap": bitmap(day).hex(),
            "max_gap": longest_gap(day),
            "route": route_codec.pack(day).hex(),
            "tells": told,
        }
        for day, told in zip(change.after, tells, strict=True)
    ]


def _occupancy(row: Occupancy) -> dict[str, Any]:
    return {
        "id": row.id,
        "day": row.day.isoformat(),
        "resource_id": row.resource,
        "seat_from": row.seats[0],
        "seat_until": row.seats[1],
        **_span("busy", row.busy),
        "lead_s": row.lead_s,
        "kind": row.kind,
        "visit": row.visit,
        "booking": row.booking,
        "hold": row.hold,
        "overlay": row.overlay,
        "session": row.session,
        "expires_at": row.expires.isoformat() if row.expires else None,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "principal": answer.principal,
        "request_id": answer.request_id,
        "method": answer.method,
        "fingerprint": answer.fingerprint.hex(),
        "content": answer.content.hex(),
        "at": answer.at.isoformat(),
    }


def _span(name: str, span: Span) -> dict[str, str]:
    return {f"{name}_from": span.start.isoformat(), f"{name}_until": span.end.isoformat()}


def _case(record: Visit | Booking) -> dict[str, str | None]:
    case = record.case
    return {"case_system": case.system if case else None, "case_external_id": case.external_id if case else None}


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "service": visit.service,
        "premises": visit.premises,
        "team": visit.team,
        "weight": visit.weight,
        "duration_minutes": visit.duration_minutes,
        "due": visit.due.isoformat() if visit.due else None,
        **_case(visit),
        "state": visit.state.value,
        "booking": visit.booking,
        "created_at": visit.created.isoformat(),
        "version": visit.version,
        "priority": visit.priority,
        "displaced_by": visit.displaced_by,
    }


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "service": booking.service,
        "premises": booking.premises,
        "customer": booking.customer_id,
        "contact_name": booking.customer.name,
        "contact_phone": booking.customer.phone,
        "contact_email": booking.customer.email,
        "contact_language": booking.customer.language,
        "location": booking.location,
        "session": booking.session,
        "series": booking.series,
        "recurrence_start": booking.recurrence_start.isoformat() if booking.recurrence_start else None,
        "conversation": booking.conversation,
        "purpose": booking.purpose,
        "duration_minutes": booking.duration_minutes,
        "visit": booking.visit,
        **_span("promise", booking.promise),
        "state": booking.state.value,
        "revision": booking.revision,
        "version": booking.version,
        "source": booking.source.value,
        "creator": booking.creator,
        "created_at": booking.created.isoformat(),
        **_case(booking),
        "note": booking.note,
        "cancel_reason": booking.cancel_reason,
        "allow_duplicate": booking.allow_duplicate,
        "rescheduled_to": booking.rescheduled_to,
        "rescheduled_from": booking.rescheduled_from,
        "rebooked_from": booking.rebooked_from,
        "calendar_uid": booking.calendar_uid,
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "principal": hold.principal,
        "service": hold.service,
        "premises": hold.premises,
        "location": hold.location,
        "duration_minutes": hold.duration_minutes,
        **_span("promise", hold.promise),
        "expires_at": hold.expires.isoformat(),
    }


def _event(event: BookingEvent) -> dict[str, Any]:
    return {
        "booking": event.booking,
        "at": event.at.isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "from_state": event.before.value if event.before else None,
        "to_state": event.after.value,
        "revision": event.revision,
        "detail": dict(event.detail),
    }


def _repair(repair: Repair) -> dict[str, Any]:
    return {
        "id": repair.id,
        "cause": repair.cause,
        "booking": repair.booking,
        "officer": repair.officer,
        "resource": repair.resource,
        "owner": repair.owner,
        "deadline": repair.deadline.isoformat(),
        "state": repair.state.value,
        "resolution": repair.resolution,
        "created_at": repair.created.isoformat(),
        "escalated_at": repair.escalated.isoformat() if repair.escalated else None,
    }


def _audit(audit: Audit) -> dict[str, Any]:
    return {
        "at": audit.at.isoformat(),
        "actor": audit.actor,
        "action": audit.action,
        "subject": audit.subject,
        "detail": dict(audit.detail),
    }


def job_record(job: Job) -> dict[str, Any]:
    """Return a job as the queue's rows have it."""
    return {"queue": job.queue, "task": job.task, "lock": job.lock or None, "arguments": job.arguments}
