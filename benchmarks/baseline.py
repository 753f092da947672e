"""The measure of all bookings: pgbench writing the same rows with prepared statements, on the same cluster."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.authority import DESK, SLOT_S
from benchmarks.place import Place
from server.setup.address import for_driver
from server.setup.databases import connect

SCRIPT = Path(__file__).parent / "booking.pgbench.sql"
AHEAD_DAYS = 400
"""The days that pgbench fills lie so far ahead that no server offers them."""
MOST_PER_SECOND = 6000
_SLOTS = 8 * 3600 // SLOT_S


@dataclass(frozen=True, slots=True)
class Baseline:
    """What pgbench did: transactions a second, and how many."""

    per_second: float
    done: int


def prepare(url: str, place: Place) -> None:
    """Give every officer at a desk more days, with routes as long and every slot free."""
    with connect(url) as connection:
        connection.execute(
            """
            insert into resource_day (day, resource_id, span, seq, bitmap, max_gap, route)
            select day + shift, resource_id,
              tstzrange(lower(span) + shift * interval '24 hours', upper(span) + shift * interval '24 hours'),
              0, bitmap, max_gap, route
            from resource_day join officer on officer.id = resource_id,
              generate_series(%(first)s::int, %(last)s::int, %(days)s::int) as shift
            where officer.code like %(desk)s
            """,
            {
                "first": AHEAD_DAYS,
                "last": AHEAD_DAYS + (_copies(place) - 1) * place.size.days,
                "days": place.size.days,
                "desk": f"{DESK}-%",
            },
        )
        connection.execute("vacuum analyze resource_day")


def _copies(place: Place) -> int:
    """Return how often the days are needed for every transaction to find a slot."""
    return -(-place.turns * place.seconds * MOST_PER_SECOND // (place.size.desk * place.size.days * _SLOTS))


def run(url: str, place: Place, clients: int, turn: int) -> Baseline:
    """Run turn number `turn`: each has its own part of the free slots."""
    size, days = place.size, place.size.days * _copies(place)
    quota = size.desk * days * _SLOTS // place.turns
    with tempfile.TemporaryDirectory() as folder:
        numbers = {
            "officers": size.desk,
            "days": days,
            "slots": _SLOTS,
            "slot_s": SLOT_S,
            "clients": clients,
            "first": quota * turn,
            "i": "-1",
            **_ids(url),
        }
        defined = [word for name, value in numbers.items() for word in ("-D", f"{name}={value}")]
        done = subprocess.run(
            [
                *("pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(place.seconds)),
                *("-f", str(SCRIPT), *defined, for_driver(url)),
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=folder,
        )
    if done.returncode:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    found = re.search(r"number of transactions actually processed: (\d+)", done.stdout)
    speed = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found, done.stdout
    assert speed, done.stdout
    return Baseline(float(speed.group(1)), int(found.group(1)))


def _ids(url: str) -> dict[str, int]:
    """Return the numbers that the script needs: the first officer at a desk, the service, the team, the first day."""
    with connect(url) as connection:
        row = connection.execute(
            """
            select (select min(id) from officer where code like %s), (select id from service where code = 'consultation'),
              (select min(id) from team), (select min(day) from resource_day) + %s - date '2000-01-01',
              (select extract(epoch from min(lower(span)))::bigint from resource_day) + %s * 86400
            """,
            (f"{DESK}-%", AHEAD_DAYS, AHEAD_DAYS),
        ).fetchone()
    assert row is not None
    return dict(zip(("officer", "service", "team", "day", "epoch"), (int(value) for value in row), strict=True))
