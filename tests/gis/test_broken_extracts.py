"""Everything that reads an extract refuses a broken one whole, with the file's name and a remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gis import demo_city
from gis.errors import FetchFailed, UnreadableExtract
from gis.osm_patches import derive_patches
from gis.osm_places import read_places
from gis.osm_roads import read_roads

READERS = pytest.mark.parametrize("read", [read_places, read_roads, derive_patches])


@READERS
def test_a_missing_extract_is_refused(read: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(UnreadableExtract, match=r"nowhere\.osm\.pbf: no such file; give"):
        read(tmp_path / "nowhere.osm.pbf")


@READERS
def test_an_empty_extract_is_refused(read: Callable[[Path], object], tmp_path: Path) -> None:
    empty = tmp_path / "empty.osm.pbf"
    empty.touch()
    with pytest.raises(UnreadableExtract, match=r"empty\.osm\.pbf: the file is empty; download"):
        read(empty)


@READERS
@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.9999])
def test_a_truncated_extract_is_refused(read: Callable[[Path], object], share: float, tmp_path: Path) -> None:
    whole = demo_city.EXTRACT.read_bytes()
    broken = tmp_path / "truncated.osm.pbf"
    broken.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UnreadableExtract, match=r"truncated\.osm\.pbf: .*download"):
        read(broken)


@READERS
def test_an_extract_with_garbled_bytes_is_refused(read: Callable[[Path], object], tmp_path: Path) -> None:
    garbled = bytearray(demo_city.EXTRACT.read_bytes())
    for start in range(2_000, len(garbled), 50_000):
        garbled[start : start + 100] = bytes(100)
    broken = tmp_path / "garbled.osm.pbf"
    broken.write_bytes(garbled)
    with pytest.raises(UnreadableExtract, match=r"garbled\.osm\.pbf"):
        read(broken)


@READERS
@pytest.mark.parametrize("name", ["page.osm.pbf", "page.osm", "page.html"])
def test_a_web_page_saved_as_an_extract_is_refused(read: Callable[[Path], object], name: str, tmp_path: Path) -> None:
    page = tmp_path / name
    page.write_text("<!DOCTYPE html><html><body>404 Not Found</body></html>")
    with pytest.raises(UnreadableExtract, match=name):
        read(page)


@READERS
def test_a_folder_is_no_extract(read: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "folder.osm.pbf").mkdir()
    with pytest.raises((UnreadableExtract, FetchFailed)):
        read(tmp_path / "folder.osm.pbf")
