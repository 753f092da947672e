"""What the database refuses by itself, whoever writes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.spans import Span
from server.store import tables
from server.store.days import range_of
from tests.makers.world import ADVICE, FRIDAY, THURSDAY, World, at

NINE = at(THURSDAY, 9)
MINUTE = timedelta(minutes=1)


def put(world: World, start: datetime, end: datetime, seats: str = "[0,1)", **other: Any) -> None:
    """Write a row of anna's day with plain SQL."""
    row: dict[str, Any] = {
        "id": world.app.store.ids.occupancy(),
        "day": THURSDAY,
        "resource_id": world.officers["anna"].id,
        "busy": range_of(Span(start, end)),
        "lead_s": 0,
        "kind": "stop",
        **other,
    }
    with world.engine.begin() as connection:
        connection.execute(sa.insert(tables.occupancy).values(**row, seats=sa.text(f"'{seats}'")))


@pytest.fixture
def taken(tampered: World) -> World:
    """Anna's Thursday with one row from nine to ten."""
    put(tampered, NINE, NINE + 60 * MINUTE)
    return tampered


@pytest.mark.parametrize(("start", "end"), [(59, 70), (-10, 1), (10, 20), (-10, 70), (0, 60)])
def test_no_officer_has_two_rows_in_one_second(taken: World, start: int, end: int) -> None:
    """F01."""
    with pytest.raises(sa.exc.IntegrityError, match="occupancy_free"):
        put(taken, NINE + start * MINUTE, NINE + end * MINUTE)


def test_rows_may_touch(taken: World) -> None:
    put(taken, NINE + 60 * MINUTE, NINE + 90 * MINUTE)
    put(taken, NINE - 30 * MINUTE, NINE)


def test_a_row_of_another_name_of_the_day_is_refused_too(taken: World) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="occupancy_free"):
        put(taken, NINE, NINE + MINUTE, day=FRIDAY)


def test_a_leg_is_busy_time(tampered: World) -> None:
    """N02: the minute before work begins belongs to the way there."""
    view = tampered.book(ADVICE.code, NINE, officer="anna")
    assert view.planned_start == NINE
    lead = tampered.day("anna", THURSDAY).stops[0].travel
    assert lead > 0
    with pytest.raises(sa.exc.IntegrityError, match="occupancy_free"):
        put(tampered, NINE - timedelta(seconds=lead + 60), NINE - timedelta(seconds=lead + 59))


def test_a_closure_of_all_seats_stands_against_every_seat(taken: World) -> None:
    """D03."""
    put(taken, NINE, NINE + MINUTE, seats="[1,2)")
    with pytest.raises(sa.exc.IntegrityError, match="occupancy_free"):
        put(taken, NINE, NINE + MINUTE, seats="[1,2)")
    with pytest.raises(sa.exc.IntegrityError, match="occupancy_free"):
        put(taken, NINE + 30 * MINUTE, NINE + 31 * MINUTE, seats="[0,)")
    put(taken, NINE + 60 * MINUTE, NINE + 61 * MINUTE, seats="[0,)")


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"day": FRIDAY + timedelta(days=90)}, "occupancy_day_resource_id_fkey"),
        ({"resource_id": 987_654}, "occupancy_day_resource_id_fkey"),
        ({"kind": "lunch"}, "occupancy_kind_check"),
        ({"kind": "hold"}, "occupancy_expires_at_check|occupancy_hold_id_check"),
        ({"lead_s": -1}, "occupancy_lead_s_check"),
        ({"visit_id": 5}, "occupancy_visit_id_fkey"),
        ({"seats": "empty"}, "occupancy_seats_check"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(tampered: World, row: dict[str, Any], constraint: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=constraint):
        put(tampered, NINE, NINE + MINUTE, **row)


def test_an_officer_has_one_shift_at_a_time(tampered: World) -> None:
    day = tampered.day("anna", THURSDAY)
    with pytest.raises(sa.exc.IntegrityError, match="resource_day_span_free"), tampered.engine.begin() as connection:
        connection.execute(
            sa.insert(tables.resource_day).values(
                day=FRIDAY + timedelta(days=90),
                resource_id=day.resource,
                span=range_of(day.span),
                bitmap=b"",
                max_gap=0,
                route=b"",
            )
        )
