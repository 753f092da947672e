"""What people call the state of a booking, and how it is shown."""

import pytest

from server.domain.booking import BookingState
from server.domain.display_status import STYLES, DisplayStatus, display_status
from server.domain.facets import Attendance, ChangeWanted, Facets, Notice, Reminder

S, D = BookingState, DisplayStatus
ASKED = Facets(change_request=ChangeWanted.RESCHEDULE_REQUESTED)
SEEDS = [
    # S0
    ("Scheduled", S.CONFIRMED, Facets(), D.CONFIRMED),
    ("Confirmed", S.CONFIRMED, Facets(attendance=Attendance.CONFIRMED), D.RE_CONFIRMED),
    ("Reminded", S.CONFIRMED, Facets(reminder=Reminder.REMINDED), D.REMINDED),
    ("In progress", S.IN_PROGRESS, Facets(), D.IN_PROGRESS),
    ("Completed", S.COMPLETED, Facets(), D.COMPLETED),
    ("Cancelled", S.CANCELLED, Facets(), D.CANCELLED),
    ("No show", S.NO_SHOW, Facets(), D.NO_SHOW),
    ("Rescheduled", S.RESCHEDULED, Facets(), D.RESCHEDULED),
    # S2a
    ("Confirmed", S.CONFIRMED, Facets(notice=Notice.SENT), D.CONFIRMED),
    ("Re-confirmed", S.CONFIRMED, Facets(reminder=Reminder.REMINDED, attendance=Attendance.CONFIRMED), D.RE_CONFIRMED),
    ("Reschedule requested", S.CONFIRMED, ASKED, D.RESCHEDULE_REQUESTED),
    ("Reschedule requested", S.PENDING, ASKED, D.RESCHEDULE_REQUESTED),
    # S2b
    ("Booked", S.CONFIRMED, Facets(), D.CONFIRMED),
    # S4
    ("Pending", S.PENDING, Facets(), D.PENDING),
    ("Pending", S.PENDING, Facets(attendance=Attendance.CONFIRMED), D.PENDING),
    ("Completed", S.COMPLETED, ASKED, D.COMPLETED),
    ("In progress", S.IN_PROGRESS, Facets(attendance=Attendance.CONFIRMED), D.IN_PROGRESS),
]


@pytest.mark.parametrize(("name", "state", "facets", "status"), SEEDS)
def test_each_familiar_name_has_its_condition(name: str, state: BookingState, facets: Facets, status: DisplayStatus) -> None:
    """H02, H03, H04, H05."""
    assert display_status(state, facets) is status, name


def luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb" (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("status", DisplayStatus)
def test_every_status_can_be_read_on_its_colour(status: DisplayStatus) -> None:
    """H10: AA contrast, and a word beside the colour."""
    style = STYLES[status]
    low, high = sorted((luminance(style.background), luminance(style.foreground)))
    assert (high + 0.05) / (low + 0.05) >= 4.5
    assert style.label


def test_the_six_colours_are_those_of_the_legend() -> None:
    """H10."""
    legend = [D.PENDING, D.CONFIRMED, D.COMPLETED, D.CANCELLED, D.NO_SHOW, D.RESCHEDULED]
    assert [STYLES[one].colour for one in legend] == ["yellow", "blue", "green", "red", "grey", "purple"]
    assert {style.colour for style in STYLES.values()} == {STYLES[one].colour for one in legend}
    backgrounds = {style.colour: style.background for style in STYLES.values()}
    assert len(set(backgrounds.values())) == 6
