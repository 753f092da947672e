"""Outcomes, facets, display statuses, reasons."""

from __future__ import annotations

from fieldwork.v1 import access_pb2, life_cycle_pb2
from fieldwork.v1 import outcomes_pb2 as pb

from server.domain.booking import Booking
from server.domain.caller import Caller, Role
from server.domain.cancel_reason import CancelReason, ReasonKind
from server.domain.display_status import STYLES, DisplayStatus, display_status
from server.domain.facets import Attendance, ChangeRequest, ChangeWanted, Dispatch, Facets
from server.domain.outcome import Outcome, Party
from server.rpc.convert.names import code
from server.rpc.convert.times import interval, timestamp


def outcome_message(outcome: Outcome, caller: Caller) -> pb.Outcome:
    """Return what became of it; the officer's words are staff's only."""
    message = pb.Outcome(
        start_time=timestamp(outcome.started) if outcome.started else None,
        end_time=timestamp(outcome.ended) if outcome.ended else None,
        code=outcome.code,
    )
    if outcome.party is not None:
        message.party = pb.NoShowParty.Value(f"NO_SHOW_PARTY_{outcome.party.value}")
    if caller.is_staff:
        message.note = outcome.note
        message.attachments.extend(outcome.attachments)
    return message


def outcome(message: pb.Outcome) -> Outcome:
    """Return what an officer says."""
    return Outcome(code=message.code, note=message.note, attachments=tuple(message.attachments))


def party(value: pb.NoShowParty.ValueType) -> Party | None:
    """Return whose doing it was; None where nobody is named."""
    return Party(pb.NoShowParty.Name(value).removeprefix("NO_SHOW_PARTY_")) if value else None


def facets_message(facets: Facets, officers: tuple[str, ...], caller: Caller) -> pb.Facets:
    """Return what is known beside the state; a booking with officers is at least assigned."""
    message = pb.Facets(
        notice=pb.Notice.Value(f"NOTICE_{facets.notice.value}"),
        attendance=pb.Attendance.Value(f"ATTENDANCE_{facets.attendance.value}"),
        reminder=pb.Reminder.Value(f"REMINDER_{facets.reminder.value}"),
        change_wanted=pb.ChangeWanted.Value(f"CHANGE_WANTED_{facets.change_request.value}"),
    )
    if caller.is_staff:
        known = facets.dispatch
        dispatch = Dispatch.ASSIGNED if known is Dispatch.UNASSIGNED and officers else known
        message.dispatch = pb.Dispatch.Value(f"DISPATCH_{dispatch.value}")
    return message


def attendance(value: pb.Attendance.ValueType) -> Attendance:
    """Return whether the customer will be there."""
    return Attendance(pb.Attendance.Name(value).removeprefix("ATTENDANCE_"))


def dispatch(value: pb.Dispatch.ValueType) -> Dispatch:
    """Return how far the officer got."""
    return Dispatch(pb.Dispatch.Name(value).removeprefix("DISPATCH_"))


def change_wanted(value: pb.ChangeWanted.ValueType) -> ChangeWanted:
    """Return what is wanted."""
    return ChangeWanted(pb.ChangeWanted.Name(value).removeprefix("CHANGE_WANTED_"))


def change_request_message(asked: ChangeRequest) -> pb.ChangeRequest:
    """Return a request for change."""
    return pb.ChangeRequest(
        wanted=pb.ChangeWanted.Value(f"CHANGE_WANTED_{asked.wanted.value}"),
        promise=interval(asked.promise) if asked.promise else None,
        expire_time=timestamp(asked.expires),
        create_time=timestamp(asked.created),
        creator=asked.creator,
    )


def status_value(booking: Booking, facets: Facets) -> pb.DisplayStatus.ValueType:
    """Return the familiar name of where a booking stands."""
    return _status(display_status(booking.state, facets))


def _status(status: DisplayStatus) -> pb.DisplayStatus.ValueType:
    return pb.DisplayStatus.Value(f"DISPLAY_STATUS_{status.value}")


def statuses_message() -> life_cycle_pb2.ListStatusesResponse:
    """Return how to show each status."""
    return life_cycle_pb2.ListStatusesResponse(
        statuses=[
            life_cycle_pb2.StatusStyle(
                status=_status(status),
                label=STYLES[status].label,
                colour=STYLES[status].colour,
                background=STYLES[status].background,
                foreground=STYLES[status].foreground,
            )
            for status in DisplayStatus
        ]
    )


def reason_message(reason: CancelReason) -> life_cycle_pb2.CancelReason:
    """Return a reason as a message."""
    return life_cycle_pb2.CancelReason(
        name=reason.name,
        display_name=reason.text,
        kind=life_cycle_pb2.CancelReason.Kind.Value(f"KIND_{reason.kind.value}"),
        roles=[access_pb2.Role.Value(f"ROLE_{role}") for role in sorted(role.value for role in reason.roles)],
        retired=reason.retired,
    )


def reason(message: life_cycle_pb2.CancelReason) -> CancelReason:
    """Return a reason to keep."""
    return CancelReason(
        code=code(message.name),
        text=message.display_name,
        kind=ReasonKind(life_cycle_pb2.CancelReason.Kind.Name(message.kind).removeprefix("KIND_")),
        roles=frozenset(Role(access_pb2.Role.Name(role).removeprefix("ROLE_")) for role in message.roles),
        retired=message.retired,
    )
