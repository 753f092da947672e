"""H06: every pair of states of bookings, visits and plans, against the tables of the design written out once more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.domain.booking import LIVE, Booking, BookingState, Customer, Source
from server.domain.errors import IllegalTransition, PlanState, StaleEtag
from server.domain.plan import Figures, Plan
from server.domain.plan import State as PlanPhase
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState

NOW = datetime(2026, 3, 25, 6, tzinfo=UTC)
NOTHING = Figures(0, 0, 0, 0, 0, 0)
BOOKING = Booking(
    1, "s", 1, Span(NOW, NOW + timedelta(hours=1)), Customer("A"), BookingState.PENDING, Source.STAFF, "me", NOW, 1
)
VISIT = Visit(1, "s", 1, "t", 1, VisitState.OPEN, NOW)
PLAN = Plan(1, "t", date(2026, 3, 26), PlanPhase.DRAFT, NOW, NOTHING, NOTHING, 0, 0, "", "", 1, "")
LEGAL = {
    BookingState: """PENDING CONFIRMED, PENDING CANCELLED, PENDING RESCHEDULED, CONFIRMED IN_PROGRESS, CONFIRMED COMPLETED,
        CONFIRMED NO_SHOW, CONFIRMED CANCELLED, CONFIRMED RESCHEDULED, IN_PROGRESS COMPLETED, IN_PROGRESS NO_SHOW,
        IN_PROGRESS CANCELLED""",
    VisitState: """OPEN PLANNED, OPEN WITHDRAWN, PLANNED OPEN, PLANNED IN_PROGRESS, PLANNED WITHDRAWN, IN_PROGRESS DONE,
        IN_PROGRESS NO_ACCESS, IN_PROGRESS WITHDRAWN""",
    PlanPhase: """DRAFT CHECKED, DRAFT REJECTED, DRAFT DISCARDED, CHECKED PUBLISHED, CHECKED REJECTED, CHECKED DISCARDED,
        REJECTED CHECKED, REJECTED DISCARDED, PUBLISHED SUPERSEDED""",
}
PAIRS = [
    (thing, before, after) for thing in (BOOKING, VISIT, PLAN) for before in type(thing.state) for after in type(thing.state)
]


@pytest.mark.parametrize(("thing", "before", "after"), PAIRS)
def test_only_the_designed_transitions_are_possible(thing: Any, before: Any, after: Any) -> None:
    now = replace(thing, state=before)
    legal = f"{before.value} {after.value}" in " ".join(LEGAL[type(before)].split()).split(", ")
    if legal:
        moved = now.to(after)
        assert (moved.state, moved.version) == (after, now.version + 1)
        return
    with pytest.raises((IllegalTransition, PlanState)) as refused:
        now.to(after)
    assert refused.value.facts["from_state"] == before.value
    assert refused.value.facts["to_state"] == after.value


def test_the_live_states_are_those_that_are_not_final() -> None:
    final = {BookingState.COMPLETED, BookingState.CANCELLED, BookingState.NO_SHOW, BookingState.RESCHEDULED}
    assert set(BookingState) - final == LIVE


def test_cancelling_changes_the_promise_and_editing_does_not() -> None:
    cancelled = BOOKING.cancel("CUSTOMER_ASKED")
    assert (cancelled.revision, cancelled.version, cancelled.cancel_reason) == (2, 2, "CUSTOMER_ASKED")
    described = BOOKING.described(Customer("B"), "note")
    assert (described.revision, described.version) == (1, 2)


@pytest.mark.parametrize("thing", [BOOKING, VISIT, PLAN])
def test_a_stale_etag_is_refused_and_an_empty_one_is_not(thing: Any) -> None:
    thing.must_be("")
    thing.must_be("v1")
    with pytest.raises(StaleEtag, match="read it again"):
        thing.must_be("v2")
