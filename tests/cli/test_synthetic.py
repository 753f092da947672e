"""The demo's invented day: deterministic, labelled, and importable."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients.cli.demo import synthetic
from clients.cli.demo.files import next_working_day, working_days, write_files
from clients.cli.demo.homes import metres, office
from clients.cli.demo.scene import City
from server.imports.known import Known
from server.imports.officers import read_officers
from server.imports.services import read_services
from server.imports.shifts import read_shifts
from server.imports.table import Reading
from server.imports.teams import read_teams
from server.imports.visits import read_visits
from tests.cli.places import a_town

MONDAY = date(2026, 11, 23)


def a_city(zone: str = "Europe/Helsinki", day: date = MONDAY) -> City:
    return City("Helsinki", ZoneInfo(zone), day, tuple(a_town()))


def test_the_same_seed_makes_the_same_inspections_whatever_the_order_of_the_premises() -> None:
    once = synthetic.due_inspections(a_town(), MONDAY, 1)
    assert once == synthetic.due_inspections(list(reversed(a_town())), MONDAY, 1)
    assert once != synthetic.due_inspections(a_town(), MONDAY, 2)


def test_more_is_due_than_the_officers_can_do_but_not_much_more() -> None:
    due = synthetic.due_inspections(a_town(), MONDAY, 1)
    minutes = {str(service[0]): int(str(service[2])) for service in synthetic.SERVICES}
    work = sum(minutes[one.service] for one in due)
    capacity = sum(person.minutes for person in synthetic.PEOPLE)
    assert capacity < work + 4 * len(due) < 1.3 * capacity
    assert {one.weight for one in due} == {1, 4, 16}


def test_one_inspection_needs_an_expert_who_is_away() -> None:
    due = synthetic.due_inspections(a_town(), MONDAY, 1)
    assert [one.service for one in due].count("sound-measurement") == 1
    assert not any("sound" in person.skills for person in synthetic.PEOPLE)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Helsinki", MONDAY), ("America/New_York", date(2026, 3, 6)), ("Europe/Helsinki", date(2026, 10, 22))],
)
def test_the_importers_take_every_line_of_the_demos_files(tmp_path: Path, zone: str, day: date) -> None:
    city = a_city(zone, day)
    due = synthetic.due_inspections(city.premises, day, 1)
    files = dict(write_files(city, due, tmp_path))
    zones = {"centre": city.zone}
    numbers = {(one.source, one.external_id): int(one.name.split("/")[1]) for one in city.premises}
    services = read_services(files["services"])
    known = Known(
        now=datetime(2026, 1, 1, tzinfo=UTC),
        teams=zones,
        officers={person.code: city.zone for person in synthetic.PEOPLE},
        services={service.code: service for service in services.rows},
        premises=lambda source, external_id: numbers.get((source, external_id)),
    )
    readings: list[Reading[Any]] = [
        services,
        read_teams(files["teams"]),
        read_officers(files["officers"], known),
        read_shifts(files["shifts"], known),
        read_visits(files["visits"], known),
    ]
    assert [reading.refusals for reading in readings] == [(), (), (), (), ()]
    assert [len(reading.rows) for reading in readings] == [len(synthetic.SERVICES), 1, 7, 35, len(due)]


def test_every_officer_is_labelled_synthetic(tmp_path: Path) -> None:
    files = dict(write_files(a_city(), [], tmp_path))
    lines = files["officers"].read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) == 7
    assert all("(synthetic)" in line for line in lines)


@pytest.mark.parametrize(("today", "next_day"), [(20, 23), (21, 23), (22, 23), (23, 24), (19, 20)])
def test_the_story_plays_on_a_working_day(today: int, next_day: int) -> None:
    assert next_working_day(date(2026, 11, today)) == date(2026, 11, next_day)


def test_shifts_are_made_for_five_days_that_skip_the_weekend() -> None:
    assert [day.day for day in working_days(date(2026, 11, 26))] == [26, 27, 30, 1, 2]


def test_in_a_wide_place_officers_drive() -> None:
    town = a_town()
    assert synthetic.mode_of(synthetic.PEOPLE[0], town) == "foot"
    town[0].position.longitude += 0.2
    assert synthetic.mode_of(synthetic.PEOPLE[0], town) == "car"


def test_officers_start_from_homes_of_their_own_or_from_the_office() -> None:
    bases = synthetic.bases(a_town())
    assert bases == synthetic.bases(list(reversed(a_town())))
    at_home = [bases[person.code] for person in synthetic.PEOPLE if not person.from_office]
    assert len(set(at_home)) == 5
    assert all(metres(one, other) > 200 for index, one in enumerate(at_home) for other in at_home[:index])
    assert {bases[person.code] for person in synthetic.PEOPLE if person.from_office} == {office(a_town())}
    doors = {(place.position.latitude, place.position.longitude) for place in a_town()}
    assert set(bases.values()) <= doors
