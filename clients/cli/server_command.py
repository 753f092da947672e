"""`python -m server ...` as a process: the command line knows the server's commands, not its code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from clients.cli.failure import CliFailure

PROGRAM = (sys.executable, "-m", "server")


def become(arguments: Sequence[str]) -> NoReturn:
    """Go on as that command: its exit code and the signals sent to this process are its own."""
    sys.stdout.flush()
    os.execv(PROGRAM[0], [*PROGRAM, *arguments])  # noqa: S606 - no shell is wanted


def ask(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command, its progress on this terminal's stderr, and return what it printed; a failed one is refused."""
    # A session of its own: Ctrl-C reaches this process alone, which then ends the command.
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        env=_with(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate()
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        command = f"`python -m server {' '.join(arguments[:3])}`"
        raise CliFailure(f"{command} failed with exit code {process.returncode}; its words are above{_quoted(printed)}")
    return printed.strip()


def _quoted(printed: str) -> str:
    return f", and: {printed.strip()[-500:]}" if printed.strip() else ""


def ask_json(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a command whose last line on stdout is a JSON object, and return that."""
    printed = ask(arguments, environment)
    try:
        answer = json.loads(printed.splitlines()[-1])
    except (ValueError, IndexError) as wrong:
        words = " ".join(arguments[:3])
        raise CliFailure(f"`python -m server {words}` printed no JSON but {printed[-200:]!r}") from wrong
    if not isinstance(answer, dict):
        raise CliFailure(f"`python -m server {' '.join(arguments[:3])}` printed {answer!r} where an object was due")
    return answer


def _with(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Return this process's environment with some variables more."""
    return {**os.environ, **(environment or {})}
