"""The synthetic day as the CSV files that `fieldwork import` reads."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from clients.cli.demo.scene import City
from clients.cli.demo.synthetic import LABEL, PEOPLE, SERVICES, TEAM, Due, bases, mode_of

_SERVICE_COLUMNS = (
    "code,name,duration_minutes,place,promise_kind,step_minutes,window_minutes,crew,public,notice_minutes,horizon_days,"
    "weight,unannounced"
)
_WORKING_DAYS = 5


def write_files(city: City, due: Sequence[Due], folder: Path) -> list[tuple[str, Path]]:
    """Write the files and return them with their kinds, in the order in which they must be imported."""
    folder.mkdir(parents=True, exist_ok=True)
    base_of = bases(city.premises)
    team = [(TEAM, team_name(city), city.zone.key)]
    officers = [
        (one.code, f"{one.name} ({LABEL})", TEAM, mode_of(one, city.premises), *base_of[one.code], one.skills)
        for one in PEOPLE
    ]
    shifts = [(one.code, day, one.start, one.end, 30, *one.rest) for day in working_days(city.day) for one in PEOPLE]
    visits = [
        (_premises(one), one.service, TEAM, one.weight, one.due, "inspections", f"{LABEL}-{number:04}")
        for number, one in enumerate(due, 1)
    ]
    return [
        ("services", _write(folder / "services.csv", _SERVICE_COLUMNS, SERVICES)),
        ("teams", _write(folder / "teams.csv", "code,name,time_zone", team)),
        ("officers", _write(folder / "officers.csv", "code,name,team,mode,latitude,longitude,skills", officers)),
        (
            "shifts",
            _write(folder / "shifts.csv", "officer,date,start,end,break_minutes,break_earliest,break_latest", shifts),
        ),
        ("visits", _write(folder / "visits.csv", "premises,service,team,weight,due,case_system,case_id", visits)),
    ]


def _premises(due: Due) -> str:
    return f"{due.premises.source}:{due.premises.external_id}"


def team_name(city: City) -> str:
    """Return what people call the team."""
    return f"Food and licensing, {city.name}"


def working_days(first: date) -> list[date]:
    """Return the first date and the working days after it, five in all."""
    days = [first]
    while len(days) < _WORKING_DAYS:
        days.append(next_working_day(days[-1]))
    return days


def next_working_day(after: date) -> date:
    """Return the first Monday to Friday after a date."""
    day = after + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def _write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path
