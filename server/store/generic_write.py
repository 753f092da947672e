"""The generic write: one statement that writes the diff which the domain decided.

It holds no logic. The exclusion constraint is checked at its end, so stops may trade places in it; its test of the expected
sequence numbers is a second guard behind the row lock, and that of versions the only one for visits and bookings, which
are not locked while a change is decided. The only SQL text of the store: docs/adr/0004-one-generic-write.md.

The statement has the parts that a change has, no others, and one parameter: the records of all parts as JSON. So there is
a handful of statements, each prepared once on a connection, with one plan: nothing in them depends on the values.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from server.domain.change import Change
from server.store import prepared
from server.store.change_records import Answer, records
from server.usecases.ports import ChangedMeanwhile

_OCCUPANCY = """select t.id, t.day, t.resource_id, int4range(t.seat_from, t.seat_until) as seats,
    tstzrange(t.busy_from, t.busy_until) as busy, t.lead_s, t.kind, nullif(t.visit, 0) as visit_id,
    nullif(t.booking, 0) as booking_id, nullif(t.hold, 0) as hold_id, nullif(t.overlay, 0) as overlay_id,
    nullif(t.session, 0) as session_id, t.expires_at
  from jsonb_to_recordset({change} -> '{part}') as t(id bigint, day date, resource_id bigint, seat_from int, seat_until int,
    busy_from timestamptz, busy_until timestamptz, lead_s int, kind text, visit bigint, booking bigint, hold bigint,
    overlay bigint, session bigint, expires_at timestamptz)"""

_PARTS = {
    "days": """
  update resource_day d set seq = d.seq + 1, changed = pg_current_xact_id(), bitmap = decode(t.bitmap, 'hex'),
    max_gap = t.max_gap, route = decode(t.route, 'hex'),
    offer_changed = case when t.tells then pg_current_xact_id() else d.offer_changed end
  from jsonb_to_recordset({change} -> 'days') as t(day date, resource_id bigint, seq bigint, bitmap text, max_gap int,
    route text, tells boolean)
  where d.day = t.day and d.resource_id = t.resource_id and d.seq = t.seq returning 1""",
    "gone": """
  delete from occupancy where id in (select value::bigint from jsonb_array_elements_text({change} -> 'gone'))""",
    "visits": """
  insert into visit (id, service_id, premises_id, team_id, weight, duration_minutes, due, case_system, case_external_id,
    state, booking_id, created_at, version, priority, displaced_by)
  select t.id, s.id, nullif(t.premises, 0), m.id, t.weight, t.duration_minutes, t.due, t.case_system,
    t.case_external_id, t.state, nullif(t.booking, 0), t.created_at, t.version, t.priority, nullif(t.displaced_by, 0)
  from jsonb_to_recordset({change} -> 'visits') as t(id bigint, service text, premises bigint, team text, weight int,
    duration_minutes int, due date, case_system text, case_external_id text, state text, booking bigint,
    created_at timestamptz, version int, priority text,
    displaced_by bigint)
  join service s on s.code = t.service join team m on m.code = t.team
  order by t.id -- for everybody alike: visits are written under the locks of different days, too
  on conflict (id) do update set state = excluded.state, version = excluded.version,
    displaced_by = excluded.displaced_by
  where visit.version = excluded.version - 1 returning 1""",
    "bookings": """
  insert into booking (id, service_id, premises_id, location_id, customer_id, contact_name, contact_phone, contact_email,
    contact_language, visit_id, promise, state, revision, version, source, creator, created_at, case_system,
    case_external_id, note, cancel_reason, allow_duplicate, rescheduled_to, rescheduled_from, rebooked_from,
    calendar_uid, session_id,
    series_id, recurrence_start, conversation_ref, purpose, duration_minutes)
  select t.id, s.id, nullif(t.premises, 0), l.id, nullif(t.customer, 0), t.contact_name, t.contact_phone,
    t.contact_email, t.contact_language, t.visit, tstzrange(t.promise_from, t.promise_until), t.state,
    t.revision, t.version, t.source, t.creator, t.created_at, t.case_system, t.case_external_id, t.note, t.cancel_reason,
    t.allow_duplicate, nullif(t.rescheduled_to, 0), nullif(t.rescheduled_from, 0), nullif(t.rebooked_from, 0),
    t.calendar_uid,
    nullif(t.session, 0), nullif(t.series, 0), t.recurrence_start, t.conversation, t.purpose, t.duration_minutes
  from jsonb_to_recordset({change} -> 'bookings') as t(id bigint, service text, premises bigint, customer bigint,
    visit bigint, promise_from timestamptz, promise_until timestamptz, state text, revision int, version int, source text,
    creator text, created_at timestamptz, case_system text, case_external_id text, note text, cancel_reason text,
    allow_duplicate boolean, rescheduled_to bigint, rescheduled_from bigint, rebooked_from bigint, calendar_uid text,
    location text, contact_name text, contact_phone text, contact_email text, contact_language text, session bigint,
    series bigint, recurrence_start timestamptz, conversation text, purpose text, duration_minutes int)
  join service s on s.code = t.service left join location l on l.code = t.location
  order by t.state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS') -- what ends first: a case has one live booking of a service
  on conflict (id) do update set promise = excluded.promise, state = excluded.state, revision = excluded.revision,
    version = excluded.version, cancel_reason = excluded.cancel_reason, rescheduled_to = excluded.rescheduled_to
  where booking.version = excluded.version - 1 returning 1""",
    "holds": """
  insert into hold (id, principal, service_id, premises_id, location_id, duration_minutes, promise, expires_at)
  select t.id, t.principal, s.id, nullif(t.premises, 0), l.id, t.duration_minutes,
    tstzrange(t.promise_from, t.promise_until), t.expires_at
  from jsonb_to_recordset({change} -> 'holds') as t(id bigint, principal text, service text, premises bigint,
    location text, duration_minutes int, promise_from timestamptz, promise_until timestamptz, expires_at timestamptz)
  join service s on s.code = t.service left join location l on l.code = t.location""",
    "released": """
  delete from hold where id in (select value::bigint from jsonb_array_elements_text({change} -> 'released'))""",
    "moved": f"""
  update occupancy o set day = t.day, resource_id = t.resource_id, seats = t.seats, busy = t.busy, lead_s = t.lead_s,
    kind = t.kind, visit_id = t.visit_id, booking_id = t.booking_id, hold_id = t.hold_id, overlay_id = t.overlay_id,
    session_id = t.session_id, expires_at = t.expires_at
  from ({_OCCUPANCY.replace("{part}", "moved")}) as t where o.id = t.id""",
    "added": f"""
  insert into occupancy (id, day, resource_id, seats, busy, lead_s, kind, visit_id, booking_id, hold_id, overlay_id,
    session_id, expires_at)
  {_OCCUPANCY.replace("{part}", "added")}""",
    "events": """
  insert into booking_event (booking_id, at, kind, actor, from_state, to_state, revision, detail)
  select booking, at, kind, actor, from_state, to_state, revision, detail from jsonb_to_recordset({change} -> 'events')
    as t(booking bigint, at timestamptz, kind text, actor text, from_state text, to_state text, revision int,
    detail jsonb)""",
    "repairs": """
  insert into repair (id, cause, booking_id, resource_id, owner, deadline, state, resolution, created_at, escalated_at)
  select t.id, t.cause, t.booking, coalesce(o.id, r.id), t.owner, t.deadline, t.state, t.resolution, t.created_at,
    t.escalated_at
  from jsonb_to_recordset({change} -> 'repairs') as t(id bigint, cause text, booking bigint, officer text, resource text,
    owner text, deadline timestamptz, state text, resolution text, created_at timestamptz, escalated_at timestamptz)
  left join officer o on o.code = t.officer left join resource r on r.code = t.resource
  on conflict (id) do update set state = excluded.state, resolution = excluded.resolution, owner = excluded.owner,
    escalated_at = excluded.escalated_at""",
    "audits": """
  insert into audit (at, actor, action, subject, detail)
  select at, actor, action, subject, detail from jsonb_to_recordset({change} -> 'audits')
    as t(at timestamptz, actor text, action text, subject text, detail jsonb)""",
    "answers": """
  insert into answer (principal, request_id, method, fingerprint, content, created_at)
  select t.principal, t.request_id, t.method, decode(t.fingerprint, 'hex'), decode(t.content, 'hex'), t.at
  from jsonb_to_recordset({change} -> 'answers') as t(principal text, request_id text, method text, fingerprint text,
    content text, at timestamptz)""",
}
"""What each part does; all see the rows as they were before."""

_JOBS = """procrastinate_defer_jobs_v1(array(
    select row(queue, task, 0, lock, null, arguments, null)::procrastinate_job_to_defer_v1
    from jsonb_to_recordset({change} -> 'jobs') as t(queue text, task text, lock text, arguments jsonb)))"""
_COUNTED = ("days", "visits", "bookings")


class DayMoved(RuntimeError):
    """A day was not at the sequence number that it was locked at: a defect of the caller, nothing is written."""


def write(connection: sa.Connection, change: Change, answers: Sequence[Answer] = ()) -> None:
    """Write a change.

    Raises DayMoved when a day has another sequence number than `change.before` says, ChangedMeanwhile when a visit or a
    booking is not at the version that the change was decided on.
    """
    parts = records(change, answers)
    if not parts:
        return
    days, visits, bookings, _ = prepared.row(connection, _statement(frozenset(parts)), {"change": json.dumps(parts)})
    if days != len(change.after):
        raise DayMoved(f"{days} of {len(change.after)} days were at their expected sequence number")
    if visits + bookings != len(change.visits) + len(change.bookings):
        raise ChangedMeanwhile


@cache
def _statement(parts: frozenset[str]) -> prepared.Statement:
    """Return the statement of a change that has those parts."""
    clauses = [f"{name} as ({text})" for name, text in _PARTS.items() if name in parts]
    counts = [f"(select count(*) from {name})" if name in parts else "0" for name in _COUNTED]
    wanted = ", ".join([*counts, _JOBS if "jobs" in parts else "null"])
    text = f"{'with ' if clauses else ''}{', '.join(clauses)} select {wanted}"
    return prepared.statement(text.replace("{change}", "%(change)s::jsonb"))
