import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis.csv_premises import COLUMNS, CsvReport, read_csv_premises
from gis.errors import UnreadableCsv
from gis.model import LatLng, Premises

HEADER = ",".join(COLUMNS)
GOOD = 'a1,"Café, Engel",cafe,26,Aleksanterinkatu,00170,Helsinki,60.1694,24.9525,Mo-Fr 08:00-21:00'


def read(path: Path, near: LatLng | None = None) -> tuple[list[Premises], CsvReport]:
    report = CsvReport()
    return list(read_csv_premises(path, "register", report, near)), report


def a_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "premises.csv"
    path.write_bytes("\r\n".join(lines).encode())
    return path


def test_a_row_becomes_premises(tmp_path: Path) -> None:
    (found,), report = read(a_file(tmp_path, HEADER, GOOD))
    assert (found.source, found.external_id, found.name) == ("register", "a1", "Café, Engel")
    assert found.position == LatLng(60.1694, 24.9525)
    assert found.opening_hours == "Mo-Fr 08:00-21:00"
    assert (report.read, report.accepted, report.refused) == (1, 1, 0)


def test_columns_may_come_in_any_order_with_others_between_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = a_file(tmp_path, "\ufeffLon,owner,LAT,category,name,external_id", "24.9,x,60.1,cafe,Engel,a1")
    (found,), _ = read(path)
    assert found.position == LatLng(60.1, 24.9)
    assert found.street == ""


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (GOOD.replace("60.1694", "nan"), "must be finite"),
        (GOOD.replace("60.1694", "1e400"), "must be finite"),
        (GOOD.replace("60.1694", "north"), "lat 'north' is no number"),
        (GOOD.replace("60.1694", "60,1694"), "11 cells where the header has 10"),
        (GOOD.replace("60.1694,24.9525", "144.96,-37.81"), "swapped"),
        (GOOD.replace("60.1694", "90.5"), "latitude 90.5"),
        (GOOD.replace("a1", ""), "external_id is empty"),
        (GOOD.replace("Café, Engel", " "), "name is empty"),
        (GOOD.replace("Engel", "En\x00gel"), "NUL byte"),
        ("a1,too,short", "3 cells where the header has 10"),
    ],
)
def test_a_bad_row_is_reported_with_its_line_and_the_rest_is_taken(row: str, complaint: str, tmp_path: Path) -> None:
    found, report = read(a_file(tmp_path, HEADER, GOOD.replace("a1", "a0"), "", row, GOOD.replace("a1", "a2")))
    assert [p.external_id for p in found] == ["a0", "a2"]
    (refusal,) = report.refusals
    assert refusal.line == 4
    assert complaint in refusal.reason


def test_a_repeated_id_is_refused_and_says_where_the_first_stands(tmp_path: Path) -> None:
    found, report = read(a_file(tmp_path, HEADER, GOOD, GOOD))
    assert len(found) == 1
    assert "stands in line 2 already" in report.refusals[0].reason


def test_swapped_columns_are_found_by_the_place_they_should_be_near(tmp_path: Path) -> None:
    path = a_file(tmp_path, HEADER, GOOD.replace("60.1694,24.9525", "24.9525,60.1694"))
    assert len(read(path)[0]) == 1
    found, report = read(path, near=LatLng(60.17, 24.94))
    assert found == []
    assert "look swapped" in report.refusals[0].reason


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "the file is empty"),
        (b"\r\n", "the file is empty"),
        (b"name,lat\r\nx,1", "column category, external_id, lon is missing"),
        ((HEADER + ",name").encode(), "stands there twice"),
        ((HEADER + "\n" + GOOD).encode("latin-1"), "not UTF-8"),
        ((HEADER + "\n" + GOOD).encode("utf-16"), "not UTF-8"),
        ((HEADER + '\na1,"open quote').encode(), "not CSV"),
        ((HEADER + "\na1," + "x" * 200_000).encode(), "not CSV"),
    ],
)
def test_a_file_that_is_no_csv_of_premises_is_refused(content: bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "premises.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableCsv, match=rf"premises\.csv.*{complaint}"):
        read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCsv, match=r"none\.csv: No such file"):
        read(tmp_path / "none.csv")


def test_many_rows_stream_through_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        file.writelines(GOOD.replace("a1", f"a{number}") + "\n" for number in range(20_000))
    report = CsvReport()
    rows: Iterator[Premises] = read_csv_premises(path, "register", report)
    tracemalloc.start()
    count = sum(1 for _ in rows)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == report.accepted == 20_000
    assert peak_bytes < 10_000_000
