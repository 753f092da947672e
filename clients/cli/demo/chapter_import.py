"""Chapter 1: a real city's premises and roads; an invented team and what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clients.cli import server_command
from clients.cli.demo.desk import Desk, all_premises
from clients.cli.demo.files import next_working_day, team_name, write_files
from clients.cli.demo.scene import City, Staff, Wish, hold
from clients.cli.demo.synthetic import PEOPLE, TEAM, due_inspections
from clients.cli.demo.voice import Voice
from clients.cli.failure import WRONG_USAGE, CliFailure

_SHIPPED_ZONE = "Europe/Helsinki"
"""Of the extract that ships; the importer knows no zone of any other."""


def open_database(voice: Voice) -> dict[str, str]:
    """Start the store, make the demo's own database anew, and return the environment that names it."""
    with voice.step("starting the database"):
        server_command.ask(["db", "up"])
    with voice.step("making the demo's own database anew; yours is not touched"):
        url = server_command.ask_json(["demo-reset"]).get("database_url")
        hold(isinstance(url, str) and url, "`demo-reset` answers with database_url")
        environment = {"FIELDWORK_DATABASE_URL": str(url)}
        server_command.ask(["migrate"], environment)
    return environment


def import_city(voice: Voice, wish: Wish, environment: Mapping[str, str]) -> dict[str, Any]:
    """Read premises, addresses, patches and the road graph of the OpenStreetMap extract."""
    with voice.step(f"reading {wish.osm or 'the OpenStreetMap extract that ships with the program'}"):
        report = server_command.ask_json(["import", "city", *([wish.osm] if wish.osm else []), "--json"], environment)
    counts = ", ".join(f"{report.get(kind, 0):,} {kind}" for kind in ("premises", "addresses", "patches", "roads"))
    voice.say(f"    {counts}")
    hold(report.get("premises", 0) > 0, "the extract has premises that officers visit")
    return report


def when(voice: Voice, wish: Wish) -> tuple[ZoneInfo, date]:
    """Return zone and day of the story, or refuse a wish that cannot be met: before anything is started or dropped."""
    if wish.osm and "://" not in wish.osm and not Path(wish.osm).is_file():
        raise CliFailure(f"--osm {wish.osm} is no file; give an OpenStreetMap extract (.osm.pbf) or its URL", WRONG_USAGE)
    if wish.osm and not wish.zone:
        voice.say("warning: --osm without --zone: the day is planned in UTC; give --zone, such as --zone Europe/Monaco")
    zone = _zone(wish.zone or ("UTC" if wish.osm else _SHIPPED_ZONE))
    today = datetime.now(UTC).astimezone(zone).date()
    day = wish.day or next_working_day(today)
    _must_be_plannable(day, today)
    return zone, day


def settle(report: Mapping[str, Any], desk: Desk, zone: ZoneInfo, day: date) -> City:
    """Return the city as the API shows it."""
    premises = tuple(all_premises(desk.as_("booking_administrator")))
    hold(len(premises) == report["premises"], f"the API lists all {report['premises']} premises, not {len(premises)}")
    return City(_spoken(str(report.get("name") or "the city")), zone, day, premises)


def import_staff(voice: Voice, wish: Wish, city: City, environment: Mapping[str, str]) -> Staff:
    """Write the synthetic team and its due inspections as CSV files, and import them."""
    due = due_inspections(city.premises, city.day, wish.seed)
    hold(due, "the city has premises that officers inspect")
    with voice.step(f"importing {len(PEOPLE)} officers and {len(due)} due inspections (all synthetic)"):
        for kind, path in write_files(city, due, wish.out / "import"):
            report = server_command.ask_json(["import", kind, str(path), "--json"], environment)
            refused = report.get("refused") or []
            hold(not refused, f"{path} is imported whole; refused: {refused[:3]}")
    return Staff(TEAM, team_name(city), tuple(person.code for person in PEOPLE), len(due))


def _spoken(name: str) -> str:
    """Return a file's name as people write a place's: lower_manhattan is Lower Manhattan."""
    return name.replace("_", " ").replace("-", " ").title() if name == name.lower() else name


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as wrong:
        raise CliFailure(
            f"--zone {name!r} is not an IANA time zone; give one such as Europe/Helsinki", WRONG_USAGE
        ) from wrong


def _must_be_plannable(day: date, today: date) -> None:
    if day <= today:
        raise CliFailure(f"--date {day} is not after today ({today} there); give a later one", WRONG_USAGE)
    if (day - today).days > 365:
        raise CliFailure(f"--date {day} is more than a year away; give an earlier one", WRONG_USAGE)
