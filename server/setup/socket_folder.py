"""Where a cluster's socket lies: beside its data, or in a short place where that path would be too long."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from server.setup.account import Account
from server.setup.failure import SetupError

LONGEST_SOCKET_BYTES = 107
SOCKET_NAME = ".s.PGSQL.5432"


def choose_socket_folder(cluster: Path, account: Account, runtime_dir: Path | None) -> Path:
    """Return the folder for the socket of the cluster in `cluster`."""
    beside = cluster / "socket"
    if fits(beside):
        return beside
    name = f"fieldwork-{account.uid}-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]}"
    usable = runtime_dir is not None and not account.is_another and runtime_dir.is_dir() and fits(runtime_dir / name)
    short = runtime_dir / name if runtime_dir and usable else Path(tempfile.gettempdir()) / name
    if not fits(short):
        short = Path("/tmp") / name  # noqa: S108 - the folder is checked for its owner and mode before use
    return short


def fits(folder: Path) -> bool:
    """Tell whether a socket in `folder` can be bound, and named in a URL (a comma would divide two hosts)."""
    return len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_BYTES and "," not in str(folder)


def make_socket_folder(folder: Path, account: Account) -> None:
    """Make the folder for `account` alone: whoever can enter it is let in by the server."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        account.give(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise SetupError(
            f"the socket's folder {folder} belongs to user {found.st_uid}, not {account.uid}",
            f"remove {folder}, or put the cluster elsewhere with FIELDWORK_HOME",
        )
    folder.chmod(0o700)
