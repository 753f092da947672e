"""The compiled loader: builds it once, runs it, reads what it measured."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).parent / "loader" / "grpc_load.c"
OK, ABORTED = 0, 10


class NoCompilerError(Exception):
    """The loader cannot be built."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of the loader measured; arrays have one entry per call, in the order of the answers."""

    seconds: float
    number: np.ndarray[tuple[int], np.dtype[np.int32]]
    status: np.ndarray[tuple[int], np.dtype[np.int32]]
    latency_us: np.ndarray[tuple[int], np.dtype[np.int32]]

    @property
    def done(self) -> int:
        """How many calls were answered with OK."""
        return int((self.status == OK).sum())

    @property
    def refused(self) -> dict[int, int]:
        """How many calls were answered otherwise, by gRPC's status."""
        return {int(code): count for code, count in Counter(self.status.tolist()).items() if code != OK}

    def percentile(self, share: float, status: int = OK) -> float:
        """Return the latency in milliseconds below which that share (0 to 100) of the calls with `status` lie."""
        chosen = self.latency_us[self.status == status]
        return float(np.percentile(chosen, share)) / 1000 if len(chosen) else float("nan")


@dataclass(frozen=True, slots=True)
class Target:
    """A server and who asks it: the port on this machine, and the caller's token."""

    port: int
    token: str


def built(folder: Path) -> Path:
    """Return the loader's program, compiled into `folder`."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NoCompilerError("the loader is written in C and there is no compiler: install one (Debian: gcc)")
    program = folder / "grpc_load"
    subprocess.run([compiler, "-O2", "-Wall", "-o", str(program), str(SOURCE)], check=True)
    return program


def load(
    program: Path, target: Target, method: str, bodies: Sequence[bytes], clients: int, mode: str, argument: float = 0
) -> Load:
    """Send the requests; `mode` and `argument` are those of the program (see its head)."""
    with tempfile.TemporaryDirectory() as folder:
        given, taken = Path(folder) / "requests", Path(folder) / "results"
        given.write_bytes(b"".join(struct.pack("<I", len(body)) + body for body in bodies))
        done = subprocess.run(
            [
                *(str(program), str(target.port), method, f"Bearer {target.token}"),
                *(str(given), str(taken), str(clients), mode, str(argument)),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        rows = np.frombuffer(taken.read_bytes(), dtype="<i4").reshape(-1, 4)
    return Load(float(done.stdout), rows[:, 0], rows[:, 1], rows[:, 3])
