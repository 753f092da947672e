"""The doctor: it finds what is wrong, names the remedy, and touches nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.settings import Settings
from server.setup.cluster import PrivateCluster
from server.setup.databases import connect
from server.setup.doctor import Finding, examine
from server.setup.migrate import migrate


@pytest.fixture(scope="module")
def migrated(running: PrivateCluster) -> Iterator[str]:
    """The URL of a migrated database."""
    with connect(running.url) as connection:
        connection.execute("CREATE DATABASE examined")
        migrate(running.url_of("examined"))
        yield running.url_of("examined")
        connection.execute("DROP DATABASE examined WITH (FORCE)")


def findings(**given: object) -> dict[str, Finding]:
    free = {"address": "127.0.0.1:0", "home": Path("/tmp"), **given}
    return {finding.subject: finding for finding in examine(Settings.model_validate(free))}


def test_a_good_set_up_needs_nothing(no_variables: None, migrated: str) -> None:
    found = findings(database_url=migrated)
    assert [finding for finding in found.values() if not finding.is_well] == []
    assert "PostGIS 3" in found["database"].said


def test_old_tables_are_found(no_variables: None, running: PrivateCluster) -> None:
    found = findings(database_url=running.url)["tables"]
    assert "at revision none" in found.said
    assert "migrate" in found.remedy


def test_a_database_that_does_not_answer_is_found_without_its_password(no_variables: None) -> None:
    found = findings(database_url="postgresql://me:secret@127.0.0.1:1/db")
    for subject in ("database", "tables"):
        assert "does not answer" in found[subject].said
        assert "secret" not in found[subject].said


def test_a_cluster_that_is_not_up_is_found_and_not_made(no_variables: None, new_home: Path) -> None:
    found = findings(home=new_home)["database"]
    assert "not created yet" in found.said
    assert found.remedy == "run `python -m server db up`"
    assert not (new_home / "cluster").exists()


def test_a_port_of_another_program_is_found(no_variables: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        found = findings(address=f"127.0.0.1:{port}")["port"]
    assert f"127.0.0.1:{port}" in found.said
    assert "FIELDWORK_ADDRESS" in found.remedy


def test_a_home_that_is_no_folder_is_found(no_variables: None, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "FIELDWORK_HOME" in findings(home=tmp_path / "file")["home"].remedy
