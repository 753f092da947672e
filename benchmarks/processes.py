"""The server as it runs in earnest: a process of `python -m server serve`, and the CPU time that it takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loading import Target
from server.domain.caller import Role
from server.rpc.identity import issue_demo_token

ROOT = Path(__file__).parents[1]
KEY = "a key of demo tokens for measuring, of no use elsewhere"
PATIENCE_SECONDS = 60
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server at work."""

    pid: int
    target: Target

    def cpu_seconds(self) -> float:
        """Return the CPU time that it and its children have taken so far."""
        return sum(_cpu(pid) for pid in (self.pid, *_children(self.pid)))


@contextmanager
def serving(url: str, settings: Mapping[str, str], role: Role = Role.CUSTOMER_SERVICE) -> Iterator[ServerProcess]:
    """Start a server on a database, with further FIELDWORK_* settings, and end it when the block is left."""
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "server.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "server", "serve"],
                env=_environment(url, home, settings),
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            token = issue_demo_token(KEY.encode(), "bench", role, None, 86_400)
            yield ServerProcess(process.pid, Target(_port(process, log), token))
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _environment(url: str, home: str, settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDWORK_")}
    own = {
        "FIELDWORK_DATABASE_URL": url,
        "FIELDWORK_HOME": home,
        "FIELDWORK_DEMO_KEY": KEY,
        "FIELDWORK_ADDRESS": "127.0.0.1:0",
        "PYTHONTZPATH": "",
    }
    return {**kept, **own, **{f"FIELDWORK_{name.upper()}": value for name, value in settings.items()}}


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith("serving on "):
                return int(line.rpartition(":")[2])
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(child) for child in found]
