"""The `fieldwork` command at a terminal: exit codes, one clear line, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FIELDWORK = (sys.executable, "-m", "clients.cli")


def fieldwork(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*FIELDWORK, *arguments],
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_server_that_is_not_there_is_one_line_and_exit_code_1() -> None:
    done = fieldwork("route", "aino", "2026-11-23", FIELDWORK_SERVER="127.0.0.1:9", FIELDWORK_TOKEN="x")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "fieldwork: no server answers at 127.0.0.1:9; start one (`fieldwork serve`) or set FIELDWORK_SERVER to its address"
    ]


def test_the_servers_commands_keep_their_exit_code() -> None:
    done = fieldwork("db", "sideways")
    assert done.returncode == 2
    assert "invalid choice: 'sideways'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("route", "aino", "tomorrow"), "tomorrow"),
        (("demo", "--seconds", "0"), "--seconds"),
        (("demo", "--date", "2026-02-30"), "--date"),
        (("dance",), "No such command 'dance'"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = fieldwork(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
