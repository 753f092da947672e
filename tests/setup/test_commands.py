"""`python -m server db ...` as a process: what it prints and returns."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.setup.databases import connect


def server(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the server's command with these variables and none of the caller's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDWORK_")}
    command = [sys.executable, "-m", "server", *words]
    return subprocess.run(command, env={**kept, **variables}, capture_output=True, text=True, check=False)


@pytest.fixture
def home(new_home: Path) -> Iterator[str]:
    yield str(new_home)
    server("db", "down", FIELDWORK_HOME=str(new_home))


def test_the_cluster_goes_up_answers_and_goes_down(home: str) -> None:
    before = server("db", "status", FIELDWORK_HOME=home)
    assert (before.returncode, "not created yet" in before.stdout) == (3, True)
    up = server("db", "up", FIELDWORK_HOME=home)
    assert up.returncode == 0
    with connect(up.stdout.strip()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert server("db", "status", FIELDWORK_HOME=home).returncode == 0
    assert "stopped" in server("db", "down", FIELDWORK_HOME=home).stdout
    assert server("db", "status", FIELDWORK_HOME=home).returncode == 3


@pytest.mark.parametrize("words", [("db", "up"), ("db", "status"), ("migrate",)])
def test_a_wrong_url_is_an_error_in_words(words: tuple[str, ...]) -> None:
    said = server(*words, FIELDWORK_DATABASE_URL="postgresql://me:secret@127.0.0.1:1/db")
    assert said.returncode == 1
    assert said.stderr.startswith("error: FIELDWORK_DATABASE_URL (postgresql://me:***@127.0.0.1:1/db)")
    assert "Traceback" not in said.stderr
    assert "secret" not in said.stderr


def test_a_wrong_variable_is_an_error_in_words() -> None:
    said = server("db", "status", FIELDWORK_LOG_LEVEL="loud")
    assert said.returncode == 1
    assert said.stderr.startswith("error: FIELDWORK_LOG_LEVEL='loud'")


def test_a_home_that_cannot_be_made_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = server("db", "up", FIELDWORK_HOME=str(tmp_path / "file"))
    assert said.returncode == 1
    assert "FIELDWORK_HOME" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_database_of_somebody_else_is_not_stopped() -> None:
    said = server("db", "down", FIELDWORK_DATABASE_URL="postgresql://127.0.0.1:1/db")
    assert said.returncode == 0
    assert "not ours to stop" in said.stdout


def test_the_set_up_starts_without_heavy_packages() -> None:
    code = "import server.__main__, sys; print(*sorted(sys.modules.keys() & {'grpc', 'ortools', 'sqlalchemy', 'numpy'}))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ""
