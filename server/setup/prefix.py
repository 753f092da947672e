"""PostgreSQL and PostGIS in a private folder, for a user who may not install packages."""

import re
import shutil
import subprocess
from pathlib import Path

from server.setup.failure import SetupError
from server.setup.packages import PACKAGE, last_lines
from server.setup.progress import say, step

WITHOUT_APT = f"ask an administrator for `apt-get install {PACKAGE}`, set FIELDWORK_DATABASE_URL, or use docker compose"


def unpack_packages(prefix: Path) -> None:
    """Download the packages and unpack them under `prefix`; nothing on the machine changes."""
    say(f"PostgreSQL with PostGIS is not here and you are not root: unpacking Debian's packages into {prefix}")
    making = prefix.with_name(prefix.name + ".new")
    shutil.rmtree(making, ignore_errors=True)
    apt = _PrivateApt(making / "apt")
    apt.lay()
    with step("apt-get update (private lists)"):
        apt.run("update", "-q")
    wanted = _wanted(apt)
    with step(f"downloading {len(wanted)} packages"):
        apt.run("download", "-q", *wanted, folder=apt.folder / "debs")
    with step("unpacking them"):
        for package in sorted((apt.folder / "debs").glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(package), str(making)], check=True)  # noqa: S603, S607
    _link_control_files(making)
    shutil.rmtree(apt.folder)
    shutil.rmtree(prefix, ignore_errors=True)
    making.rename(prefix)


class _PrivateApt:
    """apt-get with lists, cache and log of its own: an ordinary user may run it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.parent.with_name("apt.log")

    def lay(self) -> None:
        for name in ("lists/partial", "cache/archives/partial", "debs"):
            (self.folder / name).mkdir(parents=True)

    def run(self, *words: str, folder: Path | None = None) -> str:
        """Run apt-get and return what it printed, or raise with its last words."""
        own = {
            "Dir::State": str(self.folder),
            "Dir::State::lists": str(self.folder / "lists"),
            "Dir::State::status": "/var/lib/dpkg/status",
            "Dir::Cache": str(self.folder / "cache"),
            "Dir::Log": str(self.folder),
            "Debug::NoLocking": "1",
        }
        options = [part for name, value in own.items() for part in ("-o", f"{name}={value}")]
        done = subprocess.run(  # noqa: S603
            ["apt-get", *options, *words],  # noqa: S607
            cwd=folder,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with self.log.open("a") as log:
            log.write(done.stdout)
        if done.returncode != 0 and words[0] != "update":
            raise SetupError(f"apt-get {words[0]} failed:\n{last_lines(self.log)}", WITHOUT_APT)
        return done.stdout


def _wanted(apt: _PrivateApt) -> list[str]:
    """Return the packages that an installation would bring, and the server itself even where it is installed.

    A server finds PostGIS only in its own tree, so an installed one is no use to the prefix.
    """
    plan = apt.run("install", "-s", "--no-install-recommends", PACKAGE)
    coming = dict(re.findall(r"^Inst (\S+) .*?\((\S+) ", plan, flags=re.MULTILINE))
    major = next(found.group(1) for name in coming if (found := re.fullmatch(r"postgresql-(\d+)-postgis-\d+", name)))
    servers = [name for name in (f"postgresql-{major}", f"postgresql-client-{major}") if name not in coming]
    return [f"{name}={version}" for name, version in coming.items()] + servers


def _link_control_files(prefix: Path) -> None:
    """Give every extension the name that PostgreSQL looks for: Debian makes these links when it installs."""
    for control in prefix.glob("usr/share/postgresql/*/extension/postgis*-3.control"):
        plain = control.with_name(control.name.replace("-3.control", ".control"))
        if not plain.exists():
            plain.symlink_to(control.name)
