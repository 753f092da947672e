"""Whether a PostgreSQL server runs on a data folder, as the kernel sees it and not as its pid file says."""

import os
import time
from pathlib import Path

from server.setup.failure import SetupError
from server.setup.progress import say
from server.setup.socket_folder import SOCKET_NAME

STATUS_LINE = 7  # of postmaster.pid, since PostgreSQL 10


def postmaster_of(data: Path) -> int | None:
    """Return the process id of the server that runs on `data`, None if none does."""
    written = _pid_file(data)
    pid = int(written[0]) if written and written[0].strip().isdigit() else None
    return pid if pid is not None and pid in processes_in(data) else None


def says_ready(data: Path) -> bool:
    """Tell whether the server wrote that it takes connections; while it recovers from a crash it does not."""
    return _pid_file(data)[STATUS_LINE:] == ["ready"]


def processes_in(data: Path) -> set[int]:
    """Return the processes that work in `data`: PostgreSQL's all do, and nothing else has a reason to."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.path.samefile(entry / "cwd", data) and (entry / "comm").read_text().startswith("postgre"):
                found.add(int(entry.name))
        except OSError:  # another user's, or gone since
            continue
    return found


def clear_remains(data: Path, socket_folder: Path, patience_seconds: float = 10) -> None:
    """Make way for a new server after a crash or a restart of the machine.

    The children of a killed server end by themselves; until then a second server would be unsafe. A pid
    file is removed only when nothing works in the folder: after a restart of the machine its number may
    belong to any other program, and PostgreSQL would then refuse to start. The socket's lock likewise.
    """
    until = time.monotonic() + patience_seconds
    while left := processes_in(data):
        if time.monotonic() > until:
            raise SetupError(
                f"processes of a server that ended still work in {data}: {', '.join(map(str, sorted(left)))}",
                "end them, then try again",
            )
        time.sleep(0.1)
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        say(f"the server of {data} was killed: removing its pid file (PostgreSQL repairs the data)")
        pid_file.unlink()
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (socket_folder / name).unlink(missing_ok=True)


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []
