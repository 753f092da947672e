"""`python -m server import`: where its options stand, and what it says of files that were imported before."""

import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

import server.__main__ as command
from server.domain.organisation import RoadMap
from server.imports.services import read_services
from server.places.city import City
from server.settings import Settings
from server.setup import importing
from server.usecases.importing import CityRecords
from tests.imports.conftest import WriteCsv
from tests.makers.world import ADVICE, World

SHIFTS = ("officer,date,start,end", "anna,2035-06-04,08:00,16:00", "ben,2035-06-04,08:00,16:00")
ROSTERS = ("officer,weekdays,start,end,valid_from,valid_until", "anna,Mo-Tu,08:00,16:00,2035-06-04,2035-06-09")
VISITS = ("premises,service,team,weight", f"test:site-1,{ADVICE.code},north,5", f"test:site-2,{ADVICE.code},north,5")
BOOKINGS = "external_id,service,premises,officer,start,customer_name"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(world: World, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that imports a file: exit code, standard output, standard error."""

    def one(kind: str, path: Path, *, partial: bool = False, as_json: bool = False) -> tuple[int, str, str]:
        settings = Settings(database_url=world.url)
        code = importing.run(settings, kind, str(path), patches="", partial=partial, as_json=as_json)
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    return one


def asked(monkeypatch: pytest.MonkeyPatch, *words: str) -> Namespace:
    """Return what the command understood."""
    found: list[Namespace] = []

    def note(_: Settings, chosen: Namespace) -> int:
        found.append(chosen)
        return 0

    monkeypatch.setattr(command, "_import", note)
    assert command.main(["import", *words]) == 0
    return found[0]


@pytest.mark.parametrize(
    "words",
    [
        ("shifts", "--partial", "a.csv"),
        ("shifts", "a.csv", "--partial"),
        ("--partial", "shifts", "a.csv"),
        ("city", "--partial", "a.csv"),
        ("city", "a.csv", "--partial"),
    ],
)
def test_options_stand_before_or_after_the_file(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    chosen = asked(monkeypatch, *words)
    assert (chosen.file, chosen.partial, chosen.json, chosen.patches) == ("a.csv", True, False, "")


def test_a_city_needs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = asked(monkeypatch, "city", "--json", "--patches", "p.geojson")
    assert (chosen.file, chosen.json, chosen.patches) == ("", True, "p.geojson")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("shifts",), "required: FILE"),
        (("shifts", "a.csv", "b.csv"), "unrecognized arguments: b.csv"),
        (("city", "a.pbf", "b.pbf"), "unrecognized arguments: b.pbf"),
        (("city", "--json", "a.pbf", "b.pbf"), "unrecognized arguments: b.pbf"),
        (("teams", "a.csv", "--patches", "p"), "unrecognized arguments: --patches p"),
        (("rota", "a.csv"), "rota"),
    ],
)
def test_wrong_usage_is_refused(words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["import", *words])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "lines", "what", "number"),
    [("shifts", SHIFTS, "shifts", 2), ("rosters", ROSTERS, "shifts", 2), ("visits", VISITS, "visits", 2)],
)
def test_what_was_imported_before_is_counted_as_known(
    write_csv: WriteCsv, run: Run, kind: str, lines: tuple[str, ...], what: str, number: int
) -> None:
    path = write_csv(*lines)
    assert run(kind, path) == (0, f"{number} {what}", "")
    assert run(kind, path) == (0, f"0 {what}, {number} known already", "")
    assert json.loads(run(kind, path, as_json=True)[1]) == {what: 0, "known": number, "refused": []}


def test_bookings_are_counted_as_written_known_and_refused(write_csv: WriteCsv, run: Run) -> None:
    run("shifts", write_csv(*SHIFTS))
    first = f"1,{ADVICE.code},test:site-1,anna,2035-06-04 09:00,Aino"
    path = write_csv(BOOKINGS, first)
    assert run("bookings", path) == (0, "1 bookings", "")
    assert run("bookings", path) == (0, "0 bookings, 1 known already", "")
    more = [
        f"2,{ADVICE.code},test:site-1,ben,2035-06-04 09:00,Eino",
        f"3,{ADVICE.code},test:site-1,anna,2035-06-05 09:00,Eino",
        f"4,{ADVICE.code},test:site-1,anna,2035-06-04 09:00,Eino",
    ]
    code, out, err = run("bookings", write_csv(BOOKINGS, first, *more))
    assert (code, out) == (1, "1 bookings, 1 known already, 2 refused")
    no_shift, no_room = err.splitlines()
    assert no_shift == (
        "refused: line 4, external_id '3': officers/anna has no shift on 2035-06-05 at 09:00: import the shift first"
    )
    assert "line 5, external_id '4': officers/anna has a shift on 2035-06-04, but 09:00 does not fit into it" in no_room
    other = run("bookings", write_csv(BOOKINGS, first.replace("Aino", "Aili")))
    assert other[1] == "0 bookings, 1 refused"
    assert "was imported before with other details" in other[2]


def test_a_shift_that_meets_one_of_another_date_is_refused_not_known(write_csv: WriteCsv, run: Run) -> None:
    run("shifts", write_csv(SHIFTS[0], "anna,2035-06-03,22:00,06:00"))
    code, out, err = run("shifts", write_csv(SHIFTS[0], "anna,2035-06-04,05:00,09:00"))
    assert (code, out) == (1, "0 shifts, 1 refused")
    assert "line 2, 2035-06-04 anna: the officer has another shift then" in err


def test_a_file_with_a_bad_row_is_left_out_unless_partial(write_csv: WriteCsv, run: Run) -> None:
    path = write_csv(*SHIFTS, "carl,2035-06-04,08:00,16:00")
    code, out, err = run("shifts", path)
    assert (code, out) == (1, "0 shifts, 1 refused")
    assert "nothing was imported" in err
    assert run("shifts", path, partial=True)[:2] == (1, "2 shifts, 1 refused")


def test_services_are_replaced_by_code(write_csv: WriteCsv, run: Run) -> None:
    path = write_csv("code,name,duration_minutes,place,promise_kind,step_minutes", "chat,Chat,15,remote,exact,15")
    assert len(read_services(path).rows) == 1
    assert [run("services", path)[1] for _ in range(2)] == ["1 services", "1 services"]


@pytest.mark.parametrize(("name", "told"), [("helsinki", "Helsinki"), ("lower_manhattan", "Lower Manhattan")])
def test_a_city_is_told_in_words(monkeypatch: pytest.MonkeyPatch, run: Run, name: str, told: str) -> None:
    roads = RoadMap(name, "v1", "", b"")
    city = City(name, "", 4915, CityRecords([], [], [], roads))
    monkeypatch.setattr(importing, "read_city", lambda *_: city)
    monkeypatch.setattr("server.usecases.importing.Importing.city", lambda *_: None)
    assert run("city", Path()) == (0, f"{told}: 0 premises, 0 addresses, 0 patches, 4,915 roads", "")
