"""PostgreSQL's programs together with PostGIS: which are on this machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

DISTRIBUTION = Path("/usr/lib/postgresql")
OLDEST_MAJOR = 14


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: `folder` holds postgres, initdb, pg_ctl; `environment` is what they need."""

    folder: Path
    major: int
    environment: Mapping[str, str] = field(default_factory=dict)

    def program(self, name: str) -> str:
        """Return the full path of a program."""
        return str(self.folder / name)

    def surroundings(self) -> dict[str, str]:
        """Return the environment to run the programs in: without PG* variables, which mislead them."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC", **self.environment}


def find_binaries(prefixes: Iterable[Path] = (), major: int | None = None) -> Binaries | None:
    """Return the newest installation that has PostGIS, of `major` if there is one."""
    found = [*_installed(), *(each for prefix in prefixes for each in _unpacked(prefix))]
    found.sort(key=lambda each: (each.major == major, each.major), reverse=True)
    return found[0] if found else None


def read_binaries(folder: Path, environment: Mapping[str, str] | None = None) -> Binaries | None:
    """Return the installation in `folder` if it is complete, new enough and has PostGIS."""
    environment = environment or {}
    if not all((folder / name).is_file() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    found = Binaries(folder, 0, environment)
    major = _major(found)
    if major < OLDEST_MAJOR or not _has_postgis(found, major):
        return None
    return Binaries(folder, major, environment)


def _installed() -> Iterator[Binaries]:
    folders = {folder.resolve(): None for folder in DISTRIBUTION.glob("*/bin")}
    on_path = shutil.which("postgres")
    if on_path:
        folders[Path(on_path).resolve().parent] = None
    for folder in folders:
        found = read_binaries(folder)
        if found:
            yield found


def _unpacked(prefix: Path) -> Iterator[Binaries]:
    for folder in prefix.glob("usr/lib/postgresql/*/bin"):
        found = read_binaries(folder, prefix_environment(prefix))
        if found:
            yield found


def prefix_environment(prefix: Path) -> dict[str, str]:
    """Return what programs unpacked under `prefix` need to find their libraries and projection data."""
    libraries = [path for path in prefix.glob("usr/lib/*-linux-*") if path.is_dir()]
    # Debian's BLAS and LAPACK are chosen by links that only an installation makes.
    libraries += [path / name for path in list(libraries) for name in ("blas", "lapack")]
    places = {"PROJ_DATA": "proj", "PROJ_LIB": "proj", "GDAL_DATA": "gdal"}
    shares = {name: prefix / "usr" / "share" / folder for name, folder in places.items()}
    data = {name: str(share) for name, share in shares.items() if share.is_dir()}
    return {"LD_LIBRARY_PATH": ":".join(str(path) for path in libraries), **data}


def _major(found: Binaries) -> int:
    said = _ask(found, "postgres", "--version")
    number = re.search(r"\) (\d+)", said)
    return int(number.group(1)) if number else 0


def _has_postgis(found: Binaries, major: int) -> bool:
    shares = [
        found.folder.parent / "share",
        found.folder.parent.parent.parent.parent / "share/postgresql" / str(major),
    ]
    pg_config = found.folder / "pg_config"
    if pg_config.is_file() and not found.environment:
        shares.append(Path(_ask(found, "pg_config", "--sharedir").strip() or "/nowhere"))
    return any((share / "extension" / "postgis.control").is_file() for share in shares)


def _ask(found: Binaries, program: str, option: str) -> str:
    run = [found.program(program), option]
    answer = subprocess.run(run, env=found.surroundings(), check=False, capture_output=True, text=True)  # noqa: S603
    return answer.stdout
