"""The program as it runs: commands and processes of `python -m server`, seen from outside only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals

import grpc

from server.domain.caller import Role
from server.rpc.identity import issue_demo_token
from tests.rpc.raw import Metadata, bearer

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "server")
DEMO_KEY = "a key of demo tokens for the tests from outside"
PATIENCE_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Child:
    """A process of the program. What it writes goes to a file."""

    process: subprocess.Popen[bytes]
    log: Path

    def written(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, words: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Return what was written once it holds those words."""
        until(lambda: words in self.written() or self.process.poll() is not None, f"{words!r} in {self.log}", seconds)
        assert words in self.written(), f"exit code {self.process.returncode}: {self.written()[-3000:]}"
        return self.written()

    def send(self, number: Signals) -> None:
        self.process.send_signal(number)

    def stop(self, number: Signals = SIGTERM) -> int:
        """Send the signal and return the exit code; what does not end by itself is killed and reported as -9."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@dataclass(frozen=True)
class Installation:
    """A home folder and a database: the environment of every process that belongs to them."""

    home: Path
    url: str | None

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDWORK_")}
        own = {
            "FIELDWORK_HOME": str(self.home),
            "FIELDWORK_DEMO_KEY": DEMO_KEY,
            "FIELDWORK_ADDRESS": "127.0.0.1:0",
            "PYTHONTZPATH": "",
            "PYTHONUNBUFFERED": "1",
        }
        if self.url is not None:
            own["FIELDWORK_DATABASE_URL"] = self.url
        return {**kept, **own, **more}

    def run(self, *arguments: str, **more: str) -> Finished:
        """Run a command to its end."""
        done = subprocess.run(
            [*PROGRAM, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=self.environment(**more),
            cwd=ROOT,
            timeout=PATIENCE_SECONDS * 2,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def started(self, verb: str, **more: str) -> Iterator[Child]:
        """Start a process and end it when the block is left, however that happens."""
        log = self.home / f"{verb}-{time.monotonic_ns()}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*PROGRAM, verb],
                env=self.environment(**more),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(process, log)
        try:
            yield child
        finally:
            child.stop()

    @contextmanager
    def serving(self, **more: str) -> Iterator[tuple[Child, str]]:
        """Start a server and give its address."""
        with self.started("serve", **more) as child:
            line = next(line for line in child.wait_for("serving on ").splitlines() if line.startswith("serving on "))
            yield child, line.removeprefix("serving on ").split(",")[0]


def token(role: Role, principal: str = "", officer: str | None = None, ttl_seconds: int = 3600) -> str:
    """Return a token that every installation of the tests accepts."""
    officer = officer or ("aino" if role is Role.OFFICER else None)
    return issue_demo_token(DEMO_KEY.encode(), principal or f"test-{role.value.lower()}", role, officer, ttl_seconds)


def metadata(role: Role, principal: str = "", officer: str | None = None) -> Metadata:
    """Return the metadata of a call by that role."""
    return bearer(token(role, principal, officer))


@contextmanager
def channel_to(target: str) -> Iterator[grpc.Channel]:
    """Connect without the client's retries: what the server says is what the test sees."""
    options = [("grpc.max_receive_message_length", 32 << 20), ("grpc.use_local_subchannel_pool", 1)]
    channel = grpc.insecure_channel(target, options=options)
    try:
        yield channel
    finally:
        channel.close()


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS, pause: float = 0.1) -> None:
    """Wait until something is true; fail with `what` when it does not become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(pause)


def no_traceback(text: str) -> bool:
    """Tell whether a text shows nobody the insides of the program."""
    return "Traceback (most recent call last)" not in text and 'File "' not in text


Environment = Mapping[str, str]
