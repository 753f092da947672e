"""The familiar name of where a booking stands, and how to show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.domain.booking import BookingState
from server.domain.facets import Attendance, ChangeWanted, Facets, Reminder


class DisplayStatus(Enum):
    """What people call it, in the order in which the first that fits is taken."""

    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    RESCHEDULED = "RESCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    RESCHEDULE_REQUESTED = "RESCHEDULE_REQUESTED"
    RE_CONFIRMED = "RE_CONFIRMED"
    REMINDED = "REMINDED"
    CONFIRMED = "CONFIRMED"
    PENDING = "PENDING"


OPEN = frozenset({BookingState.PENDING, BookingState.CONFIRMED})


def display_status(state: BookingState, facets: Facets) -> DisplayStatus:
    """Return the name that fits first; facets tell something only of a booking that is still to come."""
    if state not in OPEN:
        return DisplayStatus[state.name]
    if facets.change_request is ChangeWanted.RESCHEDULE_REQUESTED:
        return DisplayStatus.RESCHEDULE_REQUESTED
    if state is BookingState.PENDING:
        return DisplayStatus.PENDING
    if facets.attendance is Attendance.CONFIRMED:
        return DisplayStatus.RE_CONFIRMED
    if facets.reminder is Reminder.REMINDED:
        return DisplayStatus.REMINDED
    return DisplayStatus.CONFIRMED


@dataclass(frozen=True, slots=True)
class Style:
    """How to show a status: a word, the name of its colour, and `foreground` on `background`, "#rrggbb"."""

    label: str
    colour: str
    background: str
    foreground: str


_BLUE, _GREEN, _PURPLE = ("blue", "#1d4ed8", "#ffffff"), ("green", "#166534", "#ffffff"), ("purple", "#6b21a8", "#ffffff")
_YELLOW, _RED, _GREY = ("yellow", "#fde047", "#1f2937"), ("red", "#b91c1c", "#ffffff"), ("grey", "#4b5563", "#ffffff")

STYLES: dict[DisplayStatus, Style] = {
    DisplayStatus.COMPLETED: Style("Completed", *_GREEN),
    DisplayStatus.CANCELLED: Style("Cancelled", *_RED),
    DisplayStatus.NO_SHOW: Style("No-show", *_GREY),
    DisplayStatus.RESCHEDULED: Style("Rescheduled", *_PURPLE),
    DisplayStatus.IN_PROGRESS: Style("In progress", *_GREEN),
    DisplayStatus.RESCHEDULE_REQUESTED: Style("Reschedule requested", *_PURPLE),
    DisplayStatus.RE_CONFIRMED: Style("Re-confirmed", *_BLUE),
    DisplayStatus.REMINDED: Style("Reminded", *_BLUE),
    DisplayStatus.CONFIRMED: Style("Confirmed", *_BLUE),
    DisplayStatus.PENDING: Style("Pending", *_YELLOW),
}
