"""Opening OpenStreetMap extracts so that every way in which one can be broken becomes one clear refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import osmium

from gis.errors import UnreadableExtract

_REMEDY = "download the extract again, and check that its name ends in .osm.pbf"
_KNOWN_ENDINGS = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".opl", ".o5m")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Refuse a file that is missing or empty, and turn the reader's own errors into `UnreadableExtract`."""
    if not path.is_file():
        raise UnreadableExtract(f"extract {path}: no such file; give the path of an .osm.pbf file")
    if not path.name.endswith(_KNOWN_ENDINGS):
        raise UnreadableExtract(f"extract {path}: not a known kind of extract; {_REMEDY}")
    if path.stat().st_size == 0:
        raise UnreadableExtract(f"extract {path}: the file is empty; {_REMEDY}")
    try:
        yield
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as broken:
        if isinstance(broken, UnreadableExtract):
            raise
        raise UnreadableExtract(f"extract {path}: {_first_line(broken)}; {_REMEDY}") from broken


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".")
