"""What has to be true of the rows after a run."""

from __future__ import annotations

from dataclasses import dataclass

from server.setup.databases import connect

_COUNTS = """
select (select count(*) from booking), (select count(*) from booking_event), (select count(*) from answer),
  (select count(*) from procrastinate_jobs), (select count(*) from occupancy where booking_id is not null)
"""
_OVERLAPS = """
select count(*) from occupancy a join occupancy b
  on a.resource_id = b.resource_id and a.id < b.id and a.seats && b.seats and a.busy && b.busy
"""
_DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by table."""

    bookings: int
    events: int
    answers: int
    jobs: int
    occupied: int


def count(url: str) -> Counts:
    """Return how many rows there are."""
    with connect(url) as connection:
        row = connection.execute(_COUNTS).fetchone()
    assert row is not None
    return Counts(*row)


def must_agree(url: str, before: Counts, booked: int) -> None:
    """Fail unless each booking that was acknowledged has brought one row to every table, and nothing overlaps."""
    after = count(url)
    for name in Counts.__slots__:
        more = getattr(after, name) - getattr(before, name)
        assert more == booked, f"{booked} bookings were acknowledged, and there are {more} more {name}"
    with connect(url) as connection:
        overlaps = connection.execute(_OVERLAPS).fetchone()
    assert overlaps == (0,), f"{overlaps} pairs of rows overlap"


def deadlocks(url: str) -> int:
    """Return how many deadlocks PostgreSQL has had to end in this database."""
    with connect(url) as connection:
        row = connection.execute(_DEADLOCKS).fetchone()
    assert row is not None
    return int(row[0])
