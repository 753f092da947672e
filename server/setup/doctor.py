"""What is wrong with a set-up: looks only, and installs, starts and changes nothing."""

import importlib.util
import os
import platform
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo

from server.settings import Settings
from server.setup.account import nearest
from server.setup.address import masked
from server.setup.binaries import find_binaries
from server.setup.cluster import State
from server.setup.cluster_place import cluster_in
from server.setup.databases import check_database, connect
from server.setup.failure import SetupError
from server.setup.ready import prefix_in

LEAST_FREE_BYTES = 1_000_000_000
NEEDED = ("alembic", "fieldwork.v1", "grpc", "icalendar", "numpy", "ortools", "procrastinate", "psycopg", "sqlalchemy")
PATIENCE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is empty if it is well."""

    subject: str
    said: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Tell whether nothing needs to be done."""
        return not self.remedy


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be looked at is a finding, not an exception."""
    for subject, look in LOOKS:
        try:
            yield look(settings)
        except SetupError as failure:
            yield Finding(subject, failure.trouble, failure.remedy)
        except OSError as failure:
            yield Finding(subject, f"{failure.filename or ''} {failure.strerror or failure}".strip(), "mend its access")


def _packages(_: Settings) -> Finding:
    missing = [name for name in NEEDED if not _is_there(name)]
    if missing:
        return Finding("packages", f"missing: {', '.join(missing)}", "run `make setup`")
    return Finding("packages", f"Python {platform.python_version()}, OR-Tools {metadata.version('ortools')}")


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _zones(_: Settings) -> Finding:
    try:
        ZoneInfo("Europe/Helsinki")
    except (KeyError, ValueError):
        return Finding("time zones", "zoneinfo finds no zones", "run `make setup`: the package tzdata has them")
    return Finding("time zones", f"tzdata {metadata.version('tzdata')}")


def _home(settings: Settings) -> Finding:
    home = settings.home.absolute()
    place = nearest(home)
    if not place.is_dir() or not os.access(place, os.W_OK):
        return Finding("home", f"{place} is not a folder that you may write", "name another with FIELDWORK_HOME")
    free = shutil.disk_usage(place).free
    if free < LEAST_FREE_BYTES:
        return Finding("home", f"{home}: only {free // 1_000_000} MB are free", "make room, or set FIELDWORK_HOME")
    return Finding("home", f"{home} ({free // 1_000_000_000} GB free)")


def _database(settings: Settings) -> Finding:
    url = _url(settings)
    with connect(url) as connection:
        server, postgis = connection.execute(VERSIONS).fetchone() or ("?", None)
    if not postgis:
        return Finding("database", f"{masked(url)}: PostGIS is not in this database", "run `python -m server migrate`")
    return Finding("database", f"PostgreSQL {server}, PostGIS {postgis}: {masked(url)}")


def _tables(settings: Settings) -> Finding:
    from server.setup.migrate import revisions

    current, newest = revisions(_url(settings))
    if current != newest:
        return Finding("tables", f"at revision {current}, not {newest}", "run `python -m server migrate`")
    return Finding("tables", f"at the newest revision, {newest}")


def _url(settings: Settings) -> str:
    if settings.database_url:
        return check_database(settings.database_url)
    if find_binaries([prefix_in(settings)]) is None:
        raise SetupError("there is no PostgreSQL with PostGIS on this machine", "run `python -m server db up`")
    cluster = cluster_in(settings)
    if cluster.status() is not State.RUNNING:
        raise SetupError(f"the cluster in {cluster.folder} is {cluster.status().value}", "run `python -m server db up`")
    return cluster.url


def _ports(settings: Settings) -> Finding:
    busy = [address for address in settings.address.split(",") if _listens(address) and not _serves(address)]
    if busy:
        return Finding("port", f"another program listens on {busy[0]}", "end it, or set FIELDWORK_ADDRESS")
    running = [address for address in settings.address.split(",") if _listens(address)]
    return Finding("port", f"{settings.address}: {'the server answers' if running else 'free'}")


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    if address.startswith("unix:") or not port.isdigit():
        return Path(address.removeprefix("unix:")).is_socket()
    try:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True


def _serves(address: str) -> bool:
    """Tell whether a gRPC server with a health service answers."""
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with grpc.insecure_channel(address) as channel:
        try:
            health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_SECONDS)
        except grpc.RpcError:
            return False
    return True


VERSIONS = """
SELECT current_setting('server_version'), (SELECT extversion FROM pg_extension WHERE extname = 'postgis')
"""
LOOKS: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
    ("packages", _packages),
    ("time zones", _zones),
    ("home", _home),
    ("database", _database),
    ("tables", _tables),
    ("port", _ports),
)
