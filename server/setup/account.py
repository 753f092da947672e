"""Under which account PostgreSQL runs: it refuses root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from server.setup.failure import SetupError


@dataclass(frozen=True, slots=True)
class Account:
    """The owner of a cluster; `command` is put before a program to run it as that account."""

    name: str
    uid: int
    gid: int
    command: tuple[str, ...] = ()

    @property
    def is_another(self) -> bool:
        """Tell whether this is not the account that this process runs under."""
        return bool(self.command)

    def give(self, path: Path) -> None:
        """Make this account the owner of `path`."""
        if self.is_another:
            os.chown(path, self.uid, self.gid)

    def can_use(self, folder: Path) -> bool:
        """Tell whether this account may write in `folder`, or reaches the place where it would be made."""
        place = nearest(folder)
        test = [*self.command, "test", "-w" if place == folder else "-x", str(place)]
        return subprocess.run(test, check=False, capture_output=True).returncode == 0  # noqa: S603


def owner_for(folder: Path) -> Account:
    """Return the account for a cluster in `folder`: this user; for root its owner or `postgres`."""
    if os.geteuid() != 0:
        uid = os.geteuid()
        return Account(_name(uid) or str(uid), uid, os.getegid())
    owner = nearest(folder).stat().st_uid
    name = _name(owner) if owner else None
    return _other(name or "postgres")


def _other(name: str) -> Account:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise SetupError(
            f"PostgreSQL refuses to run as root and this machine has no user {name!r} to run it",
            "create it (adduser --system --group postgres) or run as an ordinary user",
        ) from None
    if shutil.which("setpriv") is None:
        raise SetupError("PostgreSQL refuses to run as root and `setpriv` is not there", "apt-get install util-linux")
    command = ("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--")
    return Account(name, entry.pw_uid, entry.pw_gid, command)


def _name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def nearest(folder: Path) -> Path:
    """Return `folder`, or its nearest parent that exists."""
    return next(place for place in (folder, *folder.parents) if place.exists())
