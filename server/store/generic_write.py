"""The generic write: one statement that writes the diff which the domain decided.

It holds no logic. The exclusion constraint is checked at its end, so stops may trade places in it; its test of the expected
sequence numbers is a second guard behind the row lock, and that of versions the only one for visits and bookings, which
are not locked while a change is decided. The only SQL text of the store: docs/adr/0004-one-generic-write.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.audit import Audit
from server.domain.booking import Booking, BookingEvent, Hold
from server.domain.change import Change, Job
from server.domain.day_rows import bitmap, changes_offers, diff, longest_gap
from server.domain.facts import Repair
from server.domain.resource_day import Occupancy, ResourceDay
from server.domain.spans import Span
from server.domain.visit import Visit
from server.store import route_codec
from server.usecases.ports import ChangedMeanwhile

_OCCUPANCY_COLUMNS = """id, day, resource_id, seat_from, seat_until, busy_from, busy_until, lead_s, kind, visit_id,
  booking_id, hold_id, overlay_id, session_id, expires_at"""


def _occupancy_rows(prefix: str) -> str:
    return f"""select id, day, resource_id, int4range(seat_from, seat_until) as seats,
    tstzrange(busy_from, busy_until) as busy, lead_s, kind,
    nullif(visit_id, 0) as visit_id, nullif(booking_id, 0) as booking_id, nullif(hold_id, 0) as hold_id,
    nullif(overlay_id, 0) as overlay_id, nullif(session_id, 0) as session_id, expires_at
  from unnest(cast(:{prefix}_id as bigint[]), cast(:{prefix}_day as date[]), cast(:{prefix}_resource as bigint[]),
    cast(:{prefix}_seat as int[]), cast(:{prefix}_seats as int[]),
    cast(:{prefix}_from as timestamptz[]), cast(:{prefix}_until as timestamptz[]), cast(:{prefix}_lead as int[]),
    cast(:{prefix}_kind as text[]), cast(:{prefix}_visit as bigint[]), cast(:{prefix}_booking as bigint[]),
    cast(:{prefix}_hold as bigint[]), cast(:{prefix}_overlay as bigint[]), cast(:{prefix}_session as bigint[]),
    cast(:{prefix}_expires as timestamptz[]))
    as t({_OCCUPANCY_COLUMNS})"""


_STATEMENT = sa.text(f"""
with written_days as (
  update resource_day d set seq = d.seq + 1, changed = pg_current_xact_id(), bitmap = t.bitmap, max_gap = t.max_gap,
    route = t.route, offer_changed = case when t.tells then pg_current_xact_id() else d.offer_changed end
  from unnest(cast(:days as date[]), cast(:resources as bigint[]), cast(:seqs as bigint[]), cast(:bitmaps as bytea[]),
    cast(:gaps as int[]), cast(:routes as bytea[]), cast(:tells as boolean[]))
    as t(day, resource_id, seq, bitmap, max_gap, route, tells)
  where d.day = t.day and d.resource_id = t.resource_id and d.seq = t.seq returning 1),
gone as (delete from occupancy where id = any(cast(:gone as bigint[]))),
visits as (
  insert into visit (id, service_id, premises_id, team_id, weight, duration_minutes, due, case_system, case_external_id,
    state, booking_id, created_at, version, priority, displaced_by)
  select t.id, s.id, nullif(t.premises, 0), m.id, t.weight, t.duration_minutes, t.due, t.case_system,
    t.case_external_id, t.state, nullif(t.booking, 0), t.created_at, t.version, t.priority, nullif(t.displaced_by, 0)
  from jsonb_to_recordset(cast(:visits as jsonb)) as t(id bigint, service text, premises bigint, team text, weight int,
    duration_minutes int, due date, case_system text, case_external_id text, state text, booking bigint,
    created_at timestamptz, version int, priority text,
    displaced_by bigint)
  join service s on s.code = t.service join team m on m.code = t.team
  order by t.id -- for everybody alike: visits are written under the locks of different days, too
  on conflict (id) do update set state = excluded.state, version = excluded.version,
    displaced_by = excluded.displaced_by
  where visit.version = excluded.version - 1 returning 1),
bookings as (
  insert into booking (id, service_id, premises_id, location_id, customer_id, contact_name, contact_phone, contact_email,
    contact_language, visit_id, promise, state, revision, version, source, creator, created_at, case_system,
    case_external_id, note, cancel_reason, allow_duplicate, rescheduled_to, rescheduled_from, calendar_uid, session_id,
    series_id, recurrence_start, conversation_ref, purpose, duration_minutes)
  select t.id, s.id, nullif(t.premises, 0), l.id, nullif(t.customer, 0), t.contact_name, t.contact_phone,
    t.contact_email, t.contact_language, t.visit, tstzrange(t.promise_from, t.promise_until), t.state,
    t.revision, t.version, t.source, t.creator, t.created_at, t.case_system, t.case_external_id, t.note, t.cancel_reason,
    t.allow_duplicate, nullif(t.rescheduled_to, 0), nullif(t.rescheduled_from, 0), t.calendar_uid,
    nullif(t.session, 0), nullif(t.series, 0), t.recurrence_start, t.conversation, t.purpose, t.duration_minutes
  from jsonb_to_recordset(cast(:bookings as jsonb)) as t(id bigint, service text, premises bigint, customer bigint,
    visit bigint, promise_from timestamptz, promise_until timestamptz, state text, revision int, version int, source text,
    creator text, created_at timestamptz, case_system text, case_external_id text, note text, cancel_reason text,
    allow_duplicate boolean, rescheduled_to bigint, rescheduled_from bigint, calendar_uid text,
    location text, contact_name text, contact_phone text, contact_email text, contact_language text, session bigint,
    series bigint, recurrence_start timestamptz, conversation text, purpose text, duration_minutes int)
  join service s on s.code = t.service left join location l on l.code = t.location
  order by t.state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS') -- what ends first: a case has one live booking of a service
  on conflict (id) do update set promise = excluded.promise, state = excluded.state, revision = excluded.revision,
    version = excluded.version, cancel_reason = excluded.cancel_reason, rescheduled_to = excluded.rescheduled_to
  where booking.version = excluded.version - 1 returning 1),
holds as (
  insert into hold (id, principal, service_id, premises_id, location_id, duration_minutes, promise, expires_at)
  select t.id, t.principal, s.id, nullif(t.premises, 0), l.id, t.duration_minutes,
    tstzrange(t.promise_from, t.promise_until), t.expires_at
  from jsonb_to_recordset(cast(:holds as jsonb)) as t(id bigint, principal text, service text, premises bigint,
    location text, duration_minutes int, promise_from timestamptz, promise_until timestamptz, expires_at timestamptz)
  join service s on s.code = t.service left join location l on l.code = t.location),
released as (delete from hold where id = any(cast(:released_holds as bigint[]))),
moved as (
  update occupancy o set day = t.day, resource_id = t.resource_id, seats = t.seats, busy = t.busy,
    lead_s = t.lead_s, kind = t.kind,
    visit_id = t.visit_id, booking_id = t.booking_id, hold_id = t.hold_id, overlay_id = t.overlay_id,
    session_id = t.session_id, expires_at = t.expires_at
  from ({_occupancy_rows("moved")}) as t where o.id = t.id),
added as (
  insert into occupancy (id, day, resource_id, seats, busy, lead_s, kind, visit_id, booking_id, hold_id, overlay_id,
    session_id, expires_at)
  {_occupancy_rows("added")}),
events as (
  insert into booking_event (booking_id, at, kind, actor, from_state, to_state, revision, detail)
  select booking, at, kind, actor, from_state, to_state, revision, detail from jsonb_to_recordset(cast(:events as jsonb))
    as t(booking bigint, at timestamptz, kind text, actor text, from_state text, to_state text, revision int,
    detail jsonb)),
repairs as (
  insert into repair (id, cause, booking_id, resource_id, owner, deadline, state, resolution, created_at)
  select t.id, t.cause, t.booking, coalesce(o.id, r.id), t.owner, t.deadline, t.state, t.resolution, t.created_at
  from jsonb_to_recordset(cast(:repairs as jsonb)) as t(id bigint, cause text, booking bigint, officer text, resource text,
    owner text, deadline timestamptz, state text, resolution text, created_at timestamptz)
  left join officer o on o.code = t.officer left join resource r on r.code = t.resource
  on conflict (id) do update set state = excluded.state, resolution = excluded.resolution),
audits as (
  insert into audit (at, actor, action, subject, detail)
  select at, actor, action, subject, detail from jsonb_to_recordset(cast(:audits as jsonb))
    as t(at timestamptz, actor text, action text, subject text, detail jsonb)),
answers as (
  insert into answer (principal, request_id, method, fingerprint, content, created_at)
  select * from unnest(cast(:principals as text[]), cast(:request_ids as text[]), cast(:methods as text[]),
    cast(:fingerprints as bytea[]), cast(:contents as bytea[]), cast(:answered as timestamptz[])))
select (select count(*) from written_days) as days,
  (select count(*) from visits) + (select count(*) from bookings) as records,
  case when :has_jobs then procrastinate_defer_jobs_v1(array(
    select row(queue, task, 0, lock, null, arguments, null)::procrastinate_job_to_defer_v1
    from jsonb_to_recordset(cast(:jobs as jsonb)) as t(queue text, task text, lock text, arguments jsonb))) end as jobs
""")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, as it is kept for whoever repeats it."""

    principal: str
    request_id: str
    method: str
    fingerprint: bytes
    content: bytes
    at: datetime


class DayMoved(RuntimeError):
    """A day was not at the sequence number that it was locked at: a defect of the caller, nothing is written."""


def write(connection: sa.Connection, change: Change, answers: Sequence[Answer] = ()) -> None:
    """Write a change.

    Raises DayMoved when a day has another sequence number than `change.before` says, ChangedMeanwhile when a visit or a
    booking is not at the version that the change was decided on.
    """
    rows = diff(change.before, change.after)
    parameters: dict[str, Any] = {
        **_days(change.after),
        "tells": changes_offers(change.before, change.after),
        "gone": list(rows.gone),
        **_occupancies("moved", rows.moved),
        **_occupancies("added", rows.added),
        **_records(change),
        "released_holds": list(change.released_holds),
        "has_jobs": bool(change.jobs),
        **_answers(answers),
    }
    result = connection.execute(_STATEMENT, parameters).one()
    if result.days != len(change.after):
        raise DayMoved(f"{result.days} of {len(change.after)} days were at their expected sequence number")
    if result.records != len(change.visits) + len(change.bookings):
        raise ChangedMeanwhile


def _days(days: Sequence[ResourceDay]) -> dict[str, Any]:
    return {
        "days": [day.day for day in days],
        "resources": [day.resource for day in days],
        "seqs": [day.seq for day in days],
        "bitmaps": [bitmap(day) for day in days],
        "gaps": [longest_gap(day) for day in days],
        "routes": [route_codec.pack(day) for day in days],
    }


def _occupancies(prefix: str, rows: Sequence[Occupancy]) -> dict[str, Any]:
    return {
        f"{prefix}_id": [row.id for row in rows],
        f"{prefix}_day": [row.day for row in rows],
        f"{prefix}_resource": [row.resource for row in rows],
        f"{prefix}_seat": [row.seats[0] for row in rows],
        f"{prefix}_seats": [row.seats[1] for row in rows],
        f"{prefix}_from": [row.busy.start for row in rows],
        f"{prefix}_until": [row.busy.end for row in rows],
        f"{prefix}_lead": [row.lead_s for row in rows],
        f"{prefix}_kind": [row.kind for row in rows],
        f"{prefix}_visit": [row.visit for row in rows],
        f"{prefix}_booking": [row.booking for row in rows],
        f"{prefix}_hold": [row.hold for row in rows],
        f"{prefix}_overlay": [row.overlay for row in rows],
        f"{prefix}_session": [row.session for row in rows],
        f"{prefix}_expires": [row.expires for row in rows],
    }


def _records(change: Change) -> dict[str, str]:
    return {
        "visits": _json([_visit(visit) for visit in change.visits]),
        "bookings": _json([_booking(booking) for booking in change.bookings]),
        "holds": _json([_hold(hold) for hold in change.holds]),
        "events": _json([_event(event) for event in change.events]),
        "repairs": _json([_repair(repair) for repair in change.repairs]),
        "audits": _json([_audit(audit) for audit in change.audits]),
        "jobs": _json([job_record(job) for job in change.jobs]),
    }


def _json(records: list[dict[str, Any]]) -> str:
    return json.dumps(records, default=str)


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


def _answers(answers: Sequence[Answer]) -> dict[str, Any]:
    return {
        "principals": [answer.principal for answer in answers],
        "request_ids": [answer.request_id for answer in answers],
        "methods": [answer.method for answer in answers],
        "fingerprints": [answer.fingerprint for answer in answers],
        "contents": [answer.content for answer in answers],
        "answered": [answer.at for answer in answers],
    }
