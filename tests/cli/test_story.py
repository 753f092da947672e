"""The demo's story against a fake server: it is told to its end, or says at what it failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest
from fieldwork.v1 import planning_pb2, routes_pb2
from icalendar import Calendar, Event

from clients.cli import server_command
from clients.cli.demo import chapter_field, story
from clients.cli.demo.scene import StepFailed, Wish
from clients.cli.demo.stage import Stage
from clients.cli.failure import CliFailure
from tests.cli.days import DAY
from tests.cli.fake_server import FakeDay, serving
from tests.cli.places import a_town

KEYS = [
    "premises",
    "visits",
    "officers",
    "served_weight",
    "lost_weight",
    "travel_seconds",
    "naive_served_weight",
    "naive_travel_seconds",
    "common_travel_seconds",
    "naive_common_travel_seconds",
    "bookings",
    "messages",
    "seconds",
]


def _fake_command(arguments: Sequence[str], _environment: object = None) -> str:
    """Answer as `python -m server` would."""
    answers: dict[str, Any] = {
        "demo-reset": {"database_url": "postgresql://fake"},
        "city": {"name": "Helsinki", "time_zone": "Europe/Helsinki", "premises": len(a_town())},
    }
    verb = arguments[1] if arguments[0] == "import" else arguments[0]
    return json.dumps(answers.get(verb, {"read": 1, "written": 1, "refused": []}))


def _feed_of(day: FakeDay) -> bytes:
    calendar = Calendar()
    for stop in day.routes()[0].stops:
        if stop.kind == routes_pb2.Stop.KIND_VISIT:
            event = Event()
            event.add("dtstart", stop.start_time.ToDatetime().replace(tzinfo=UTC))
            calendar.add_component(event)
    return bytes(calendar.to_ical())


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDay]:
    """Replace the processes of the demo: `serve` starts the fake server, the feed is read from it directly."""
    fake, open_ = FakeDay(), ExitStack()

    def serve(stage: Stage, verb: str, *, aloud: bool = False) -> None:
        if verb == "serve":
            open_.enter_context(serving(fake, stage.environment["FIELDWORK_ADDRESS"]))

    def ask(arguments: Sequence[str], environment: object = None) -> str:
        return arguments[2] if arguments[0] == "token" else _fake_command(arguments)

    monkeypatch.setattr(server_command, "ask", ask)
    monkeypatch.setattr(server_command, "ask_json", lambda arguments, environment=None: json.loads(_fake_command(arguments)))
    monkeypatch.setattr(Stage, "serve", serve)
    monkeypatch.setattr(chapter_field, "_subscribe", lambda stage, desk, token: ("http://feed", _feed_of(fake)))
    monkeypatch.setattr("clients.cli.demo.story.signal.signal", lambda number, handler: None)
    with open_:
        yield fake


Told = Callable[..., None]


@pytest.fixture
def tell(tmp_path: Path) -> Told:
    """Return the story's teller with harmless wishes."""

    def told(*, as_json: bool = True, day: date | None = DAY, zone: str = "", osm: str = "") -> None:
        story.tell(Wish(osm, zone, day, tmp_path / "out", 1, 1, keep=False, as_json=as_json))

    return told


def test_the_story_ends_with_exactly_one_json_object(day: FakeDay, tell: Told, capsys: pytest.CaptureFixture[str]) -> None:
    tell()
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    figures = json.loads(printed)
    assert list(figures) == KEYS
    assert (figures["premises"], figures["bookings"], figures["messages"]) == (len(a_town()), 2, 4)
    assert (figures["served_weight"], figures["naive_served_weight"]) == (12, 8)


def test_the_story_leaves_page_picture_calendar_and_import_files(day: FakeDay, tell: Told, tmp_path: Path) -> None:
    tell(as_json=False)
    names = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {"planned-day.html", "planned-day.svg", "aino.ics", "import/visits.csv", "import/shifts.csv"} <= names


def _reject(day: FakeDay) -> None:
    day.plan_state = planning_pb2.Plan.STATE_REJECTED


def _too_many_messages(day: FakeDay) -> None:
    day.messages_each = 3


def _break_the_promise(day: FakeDay) -> None:
    day.late_minutes = 121


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_reject, "the checker accepts the plan: officers/aino is late"),
        (_too_many_messages, "2 messages go out, not 3"),
        (_break_the_promise, "starts inside its promise"),
    ],
)
def test_a_step_that_does_not_hold_is_named(day: FakeDay, tell: Told, spoil: Callable[[FakeDay], None], says: str) -> None:
    spoil(day)
    with pytest.raises(StepFailed, match=says):
        tell()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"osm": "nowhere.osm.pbf"}, "--osm nowhere.osm.pbf is no file"),
        ({"day": date(2020, 1, 1)}, "--date 2020-01-01 is not after today"),
        ({"zone": "Mars/Olympus"}, "--zone 'Mars/Olympus' is not an IANA time zone"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_before_anything_starts(
    tell: Told, options: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_command, "ask", lambda *_: pytest.fail("something was started"))
    monkeypatch.setattr(server_command, "ask_json", lambda *_: pytest.fail("something was started"))
    with pytest.raises(CliFailure, match=says) as refused:
        tell(**options)
    assert refused.value.exit_code == 2


def test_another_city_without_its_zone_is_warned_of(tell: Told, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    extract = tmp_path / "town.osm.pbf"
    extract.touch()
    with pytest.raises(CliFailure, match="not after today"):
        tell(day=date(2020, 1, 1), osm=str(extract))
    assert "the day is planned in UTC; give --zone" in capsys.readouterr().err
