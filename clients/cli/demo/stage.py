"""The processes of the demo: server, worker and web page server, all ended when the story ends, however it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from clients.cli.demo.scene import StepFailed
from clients.cli.demo.voice import Voice
from clients.cli.server_command import PROGRAM

_STOP_SECONDS = 15.0


class Stage:
    """Starts processes with one environment and ends them in the opposite order."""

    def __init__(self, voice: Voice, folder: Path, environment: Mapping[str, str]) -> None:
        self.voice, self.folder = voice, folder
        self.environment = {**os.environ, **environment}
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._files = ExitStack()
        self._silence = threading.Event()
        self._followers: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.clear()

    def serve(self, verb: str, *, aloud: bool = False) -> None:
        """Start `python -m server VERB`; `aloud` says what it prints; the rest goes to VERB.log."""
        self._start(verb, [*PROGRAM, verb], aloud=aloud)

    def web(self, port: int) -> None:
        """Start the web process on that port of the loopback."""
        program = [sys.executable, "-m", "uvicorn", "--factory", "clients.web.app:create_app"]
        self._start("web", [*program, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"], aloud=False)

    def _start(self, name: str, command: list[str], *, aloud: bool) -> None:
        log = self._files.enter_context((self.folder / f"{name}.log").open("w", encoding="utf-8"))
        # A file and not a pipe: the process may outlive the demo (--keep) and goes on writing.
        said = self._files.enter_context((self.folder / f"{name}.txt").open("w", encoding="utf-8")) if aloud else log
        # A session of its own: Ctrl-C reaches the demo alone, which then ends its processes in order.
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=log,
            start_new_session=True,
        )
        self._running.append((name, process))
        if aloud:
            path = self.folder / f"{name}.txt"
            self._followers.append(self.voice.follow(path, f"    {name} | ", self._silence))

    def until(self, ready: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Wait until `ready`; a process that ends before, or the time running out, is a failure with the log's end."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.must_run()
            if time.monotonic() > deadline:
                raise StepFailed(f"{what} did not happen within {seconds:.0f} s{self._logs()}")
            time.sleep(0.1)

    def must_run(self) -> None:
        """Refuse to go on without any of the processes."""
        for name, process in self._running:
            if process.poll() is not None:
                raise StepFailed(f"{name} ended with exit code {process.returncode}{self._logs(name)}")

    def _logs(self, only: str = "") -> str:
        parts = []
        for name, _ in self._running:
            text = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace").strip()
            if text and only in ("", name):
                parts.append(f"\n--- the end of {self.folder / f'{name}.log'}\n" + "\n".join(text.splitlines()[-12:]))
        return "".join(parts)

    def pids(self) -> dict[str, int]:
        """Return the processes that run."""
        return {name: process.pid for name, process in self._running}

    def leave_running(self) -> None:
        """Forget the processes instead of ending them."""
        self._running.clear()
        self._silence.set()
        for follower in self._followers:
            follower.join(5)
        self._files.close()

    def clear(self) -> None:
        """End every process, the last one started first."""
        for _, process in reversed(self._running):
            _end(process)
        self.leave_running()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port(wanted: int = 0) -> int:
    """Return the wanted port of the loopback when nobody listens on it just now, else another one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])
