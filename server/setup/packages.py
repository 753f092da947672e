"""PostgreSQL and PostGIS from the distribution's packages, as root or through sudo."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from server.setup.failure import SetupError
from server.setup.progress import say, step

PACKAGE = "postgresql-postgis"
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/fieldwork.conf")
LOG_LINES = 5


def root_command() -> tuple[str, ...] | None:
    """Return what to put before a command to run it as root, None if this user cannot without a password."""
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0:  # noqa: S603
        return (sudo, "-n")
    return None


def has_apt() -> bool:
    """Tell whether this is a Debian or Ubuntu."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def install_packages(root: tuple[str, ...], log: Path) -> None:
    """Install PostgreSQL with PostGIS for the whole machine, without a server of the packages' own."""
    say(f"PostgreSQL with PostGIS is not here: installing Debian's package {PACKAGE} and what it needs")
    log.parent.mkdir(parents=True, exist_ok=True)
    with step("apt-get update"):
        # A third party's list that cannot be read is no reason to stop: the installation tells.
        _run([*root, "apt-get", "update", "-q"], log)
    _write(root, NO_CLUSTER, "# while Fieldwork installs: no server on port 5432\ncreate_main_cluster = false\n")
    try:
        with step(f"apt-get install {PACKAGE}"):
            quiet = [
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "install",
                "-y",
                "-q",
                "--no-install-recommends",
            ]
            code = _run([*root, *quiet, PACKAGE], log)
    finally:
        subprocess.run([*root, "rm", "-f", str(NO_CLUSTER)], check=False)  # noqa: S603
    if code != 0:
        raise SetupError(
            f"apt-get install {PACKAGE} failed:\n{last_lines(log)}",
            f"all its words: {log}; install it by hand, set FIELDWORK_DATABASE_URL, or use docker compose",
        )


def last_lines(log: Path) -> str:
    """Return the end of a log, indented; addresses stay in the log, as they may hold a password."""
    text = re.sub(r"https?://\S+", "(an address: see the log)", log.read_text(errors="replace"))
    lines = text.strip().splitlines()[-LOG_LINES:]
    return "\n".join(f"    {line}" for line in lines)


def _run(command: list[str], log: Path) -> int:
    with log.open("a") as output:
        return subprocess.run(  # noqa: S603
            command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        ).returncode


def _write(root: tuple[str, ...], path: Path, text: str) -> None:
    subprocess.run([*root, "mkdir", "-p", str(path.parent)], check=True)  # noqa: S603
    tee = [*root, "tee", str(path)]
    subprocess.run(tee, input=text, text=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
