"""Files as a whole: what makes one unreadable, and how a bad row is told from a good one."""

from pathlib import Path

import pytest

from server.imports.known import Known
from server.imports.officers import read_officers
from server.imports.table import UnreadableFile
from server.imports.teams import read_teams
from tests.imports.conftest import WriteCsv

HEADER = "code,name,time_zone"


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"absent\.csv: No such file.*; give a CSV file"):
        read_teams(tmp_path / "absent.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="Is a directory"):
        read_teams(tmp_path)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([""], "the file is empty; its first line must be code,name,time_zone"),
        (["code,name"], "line 1: column time_zone is missing"),
        (["code,name,time_zone,colour"], "line 1: column colour is not known"),
        (["code,name,time_zone,name"], "a column stands there twice"),
        ([HEADER, 'a,"open'], "line 2: not CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(write_csv: WriteCsv, lines: list[str], says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_teams(write_csv(*lines))


def test_every_bad_row_is_refused_by_its_line_and_the_good_ones_are_kept(write_csv: WriteCsv) -> None:
    reading = read_teams(
        write_csv(
            "\ufeffcode,name,time_zone",
            "north,North,Europe/Helsinki",
            "south,South,Europe/Helsingfors",
            "",
            "north,Again,Europe/Helsinki",
            "east,East",
            b"west,V\xe4st,Europe/Helsinki",
            "nul,N\x00l,Europe/Helsinki",
            "Upper,Upper,Europe/Helsinki",
            'last,"Two\nlines",Europe/Helsinki',
        )
    )
    assert [row.code for row in reading.rows] == ["north", "last"]
    assert [str(refusal) for refusal in reading.refusals] == [
        "line 3, time_zone 'Europe/Helsingfors': is not an IANA time zone; write one such as Europe/Helsinki",
        "line 5, code 'north': stands in line 2 already; give each once",
        "line 6, row 'east,East': 2 cells where the header has 3; quote cells that hold commas",
        "line 7, name 'V\ufffdst': is not UTF-8; save the file as UTF-8",
        "line 8, name 'N\\x00l': holds a NUL or another control character; remove it",
        "line 9, code 'Upper': must be lower case letters, digits and hyphens, such as north-2",
    ]


OFFICERS = "code,name,team,mode,latitude,longitude,skills"


def test_an_officer_is_read_with_skills_and_base(write_csv: WriteCsv, known: Known) -> None:
    reading = read_officers(write_csv(OFFICERS, "anna,Anna,centre,Bicycle,60.17,24.94,food:2; licensing:1"), known)
    assert reading.refusals == ()
    assert reading.rows[0].skills == {"food": 2, "licensing": 1}
    assert reading.rows[0].base.latitude == 60.17


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("anna,Anna,centre,foot,NaN,24.94,", "latitude 'NaN': nan is not in -90 .. 90 degrees"),
        ("anna,Anna,centre,foot,124.94,60.17,", "latitude and longitude look swapped"),
        ("anna,Anna,centre,foot,60.17,24,94,", "8 cells where the header has 7"),
        ("anna,Anna,nowhere,foot,60.17,24.94,", "team 'nowhere': is not known; import its team first"),
        ("anna,Anna,centre,horse,60.17,24.94,", "mode 'horse': must be one of car, bicycle, foot"),
        ("anna,Anna,centre,foot,60.17,24.94,food:10", "skills 'food:10': must be skill:level"),
        ("anna,Anna,centre,foot,60.17,24.94,food:1;food:2", "each skill once"),
    ],
)
def test_an_officer_that_cannot_be_is_refused(write_csv: WriteCsv, known: Known, row: str, says: str) -> None:
    reading = read_officers(write_csv(OFFICERS, row), known)
    assert reading.rows == ()
    assert says in str(reading.refusals[0])
