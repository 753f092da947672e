"""Which installation of PostgreSQL is taken."""

from pathlib import Path

from server.setup.binaries import find_binaries, prefix_environment, read_binaries


def an_installation(root: Path, major: int, postgis: bool = True) -> Path:
    """Lay out programs that only tell their version, as Debian would under `root`."""
    folder = root / "usr/lib/postgresql" / str(major) / "bin"
    extensions = root / "usr/share/postgresql" / str(major) / "extension"
    folder.mkdir(parents=True)
    extensions.mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_ctl"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {major}.3 (Debian {major}.3-1)'\n")
        (folder / name).chmod(0o755)
    if postgis:
        (extensions / "postgis.control").touch()
    return folder


def test_an_installation_without_postgis_is_not_taken(tmp_path: Path) -> None:
    assert read_binaries(an_installation(tmp_path, 16, postgis=False)) is None


def test_an_installation_that_is_too_old_is_not_taken(tmp_path: Path) -> None:
    assert read_binaries(an_installation(tmp_path, 13)) is None


def test_an_incomplete_installation_is_not_taken(tmp_path: Path) -> None:
    folder = an_installation(tmp_path, 16)
    (folder / "initdb").unlink()
    assert read_binaries(folder) is None


def test_the_version_that_made_the_data_is_preferred_to_the_newest(tmp_path: Path) -> None:
    an_installation(tmp_path, 90)
    an_installation(tmp_path, 91)
    newest, wanted = find_binaries([tmp_path]), find_binaries([tmp_path], major=90)
    assert newest is not None
    assert wanted is not None
    assert (newest.major, wanted.major) == (91, 90)


def test_unpacked_programs_find_their_libraries_and_projections(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/x86_64-linux-gnu").mkdir(parents=True)
    (tmp_path / "usr/share/proj").mkdir(parents=True)
    found = prefix_environment(tmp_path)
    assert f"{tmp_path}/usr/lib/x86_64-linux-gnu/lapack" in found["LD_LIBRARY_PATH"].split(":")
    assert found["PROJ_DATA"] == f"{tmp_path}/usr/share/proj"
    assert "GDAL_DATA" not in found
