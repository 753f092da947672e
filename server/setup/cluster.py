"""A private PostgreSQL cluster with PostGIS that listens on a unix socket only."""

import enum
import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from server.setup.account import Account
from server.setup.binaries import Binaries
from server.setup.cluster_files import (
    accept_only_the_socket,
    made_by_major,
    record_socket,
    recorded_socket,
    write_settings,
)
from server.setup.databases import create_database
from server.setup.failure import SetupError
from server.setup.packages import last_lines
from server.setup.postmaster import clear_remains, postmaster_of, says_ready
from server.setup.progress import step
from server.setup.socket_folder import choose_socket_folder, make_socket_folder

DATABASE = "fieldwork"
SUPERUSER = "postgres"


class State(enum.Enum):
    """What a cluster is doing."""

    ABSENT = "not created yet"
    STOPPED = "stopped"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class PrivateCluster:
    """The cluster in `folder`, which holds `data`, `socket`, `server.log`; `account` runs it."""

    folder: Path
    account: Account
    runtime_dir: Path | None = None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Where the socket is, or will be at the next start."""
        return recorded_socket(self.folder) or choose_socket_folder(self.folder, self.account, self.runtime_dir)

    @property
    def url(self) -> str:
        """How the application connects; not as superuser."""
        return self.url_of(DATABASE)

    def url_of(self, database: str, user: str = DATABASE) -> str:
        """Return the URL of another database of this cluster."""
        return f"postgresql+psycopg://{user}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def status(self) -> State:
        """Tell what the cluster is doing."""
        if made_by_major(self.data) is None:
            return State.ABSENT
        return State.RUNNING if postmaster_of(self.data) and says_ready(self.data) else State.STOPPED

    def is_ready(self) -> bool:
        """Tell whether the cluster runs with its database in it, so that `up` would do nothing."""
        return (self.folder / "ready").exists() and self.status() is State.RUNNING

    def up(self, binaries: Binaries) -> None:
        """Create the cluster where needed, start it where needed; safe for several callers at once."""
        with self._alone():
            if self.is_ready():
                return
            self._create(binaries)
            self._refuse_another_version(binaries)
            if self.status() is not State.RUNNING:
                self._start(binaries)
            create_database(self.url_of("template1", SUPERUSER), DATABASE)
            (self.folder / "ready").touch()

    def down(self, binaries: Binaries) -> bool:
        """Stop the server; return whether there was one to stop."""
        if not self.folder.is_dir():
            return False
        with self._alone():
            if postmaster_of(self.data) is None:
                return False
            with step("stopping PostgreSQL"):
                self._run(binaries, "pg_ctl", "stop", "-D", "data", "-m", "fast", "-w", "-t", "60")
            return True

    def _create(self, binaries: Binaries) -> None:
        if made_by_major(self.data) is not None:
            return
        making = self.folder / "data.new"
        subprocess.run(["rm", "-rf", str(making)], check=True)  # noqa: S603, S607 - another account's files
        with step(f"creating a PostgreSQL {binaries.major} cluster in {self.folder}"):
            self._run(
                binaries, "initdb", "-D", making.name, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8",
                "--auth=trust", "--no-instructions",
            )  # fmt: skip
            accept_only_the_socket(making)
            # A rename at the end: an initdb that was interrupted leaves no half-made data folder behind.
            making.rename(self.data)

    def _refuse_another_version(self, binaries: Binaries) -> None:
        made_by = made_by_major(self.data)
        if made_by == binaries.major:
            return
        raise SetupError(
            f"the cluster in {self.data} was made by PostgreSQL {made_by}; "
            f"this machine's PostgreSQL with PostGIS is {binaries.major}",
            f"three ways out: install postgresql-{made_by}-postgis-3; or, where PostgreSQL {made_by} runs, "
            f"pg_dump its database {DATABASE!r}, move {self.folder} away and restore into the new cluster; "
            f"or, if the data may go, remove {self.folder}",
        )

    def _start(self, binaries: Binaries) -> None:
        folder = choose_socket_folder(self.folder, self.account, self.runtime_dir)
        make_socket_folder(folder, self.account)
        clear_remains(self.data, folder)
        record_socket(self.folder, folder)
        write_settings(self.data, folder)
        with step(f"starting PostgreSQL {binaries.major}"):
            # Relative to the folder: pg_ctl hands its paths to a shell, where an odd sign in one would do harm.
            self._run(binaries, "pg_ctl", "start", "-D", "data", "-l", "server.log", "-w", "-t", "120", "-s")

    def _run(self, binaries: Binaries, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs as the cluster's account, away from this terminal's Ctrl-C."""
        output = self.folder / "setup.log"
        with output.open("w") as log:
            done = subprocess.run(  # noqa: S603
                [*self.account.command, binaries.program(program), *words],
                env=binaries.surroundings(),
                cwd=self.folder,
                check=False,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if done.returncode != 0:
            told = "\n".join(last_lines(log) for log in (output, self.log) if log.exists())
            raise SetupError(f"{program} failed:\n{told}", f"all of the words: {output} and {self.log}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the cluster against other processes that would start or stop it."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
