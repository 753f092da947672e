"""The private cluster: real PostgreSQL, started, killed and started again."""

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.setup.account import Account
from server.setup.binaries import Binaries
from server.setup.cluster import PrivateCluster, State
from server.setup.databases import connect
from server.setup.failure import SetupError
from server.setup.postmaster import postmaster_of, processes_in
from server.setup.socket_folder import choose_socket_folder, fits, make_socket_folder
from tests.setup.conftest import a_cluster


def one(url: str, query: str) -> str:
    with connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def test_a_new_cluster_has_postgis_and_speaks_utf8(running: PrivateCluster) -> None:
    assert running.status() is State.RUNNING
    assert one(running.url, "SELECT ST_AsText(ST_Point(24.94, 60.17))") == "POINT(24.94 60.17)"
    assert one(running.url, "SELECT extname FROM pg_extension WHERE extname = 'btree_gist'") == "btree_gist"
    assert one(running.url, "SELECT lower('ÄÖ')") == "äö"


def test_the_network_does_not_reach_it(running: PrivateCluster) -> None:
    assert one(running.url, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(running.socket_folder.stat().st_mode) == 0o700
    assert running.socket_folder.stat().st_uid == running.account.uid


def test_data_survives_a_power_cut_by_settings(running: PrivateCluster) -> None:
    assert [one(running.url, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3


def test_the_application_is_no_superuser_and_may_create_databases(running: PrivateCluster) -> None:
    role = "SELECT (rolsuper, rolcreatedb)::text FROM pg_roles WHERE rolname = current_user"
    assert one(running.url, role) == "(f,t)"


def test_a_database_made_later_has_postgis_too(running: PrivateCluster) -> None:
    with connect(running.url) as connection:
        connection.execute("CREATE DATABASE later")
    assert one(running.url_of("later"), "SELECT count(*) FROM spatial_ref_sys") != "0"


def test_up_again_does_nothing_and_does_it_fast(running: PrivateCluster, binaries: Binaries) -> None:
    server, began = postmaster_of(running.data), time.monotonic()
    running.up(binaries)
    assert postmaster_of(running.data) == server
    assert time.monotonic() - began < 1


def test_two_ups_at_once_make_one_server(folder: Path, binaries: Binaries) -> None:
    with a_cluster(folder / "cluster", binaries) as cluster, ThreadPoolExecutor(2) as two:
        for done in [two.submit(cluster.up, binaries) for _ in range(2)]:
            done.result()
        assert one(cluster.url, "SELECT 1") == "1"
        assert cluster.log.read_text().count("ready to accept connections") == 1


@pytest.fixture
def stopped(used: PrivateCluster, folder: Path) -> PrivateCluster:
    """A copy of a used cluster, so that a test may ill-treat it."""
    copied = PrivateCluster(folder / "cluster", used.account)
    shutil.copytree(used.folder, copied.folder, symlinks=True)
    for path in (copied.folder, *copied.folder.rglob("*")):
        copied.account.give(path)
    return copied


def test_a_killed_server_comes_back_with_its_data(stopped: PrivateCluster, binaries: Binaries) -> None:
    stopped.up(binaries)
    with connect(stopped.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    server = postmaster_of(stopped.data)
    assert server is not None
    os.kill(server, signal.SIGKILL)
    while Path(f"/proc/{server}/cwd").exists():
        time.sleep(0.01)
    stopped.up(binaries)
    assert postmaster_of(stopped.data) != server
    assert one(stopped.url, "SELECT n FROM kept") == "1"
    assert stopped.down(binaries)


@pytest.fixture
def other_program(used: PrivateCluster) -> Iterator[int]:
    """The process id of a program of the cluster's account that is no PostgreSQL."""
    with subprocess.Popen([*used.account.command, "sleep", "60"]) as program:
        yield program.pid
        program.kill()


def test_pid_files_that_name_another_program_are_no_hindrance(
    stopped: PrivateCluster, binaries: Binaries, other_program: int
) -> None:
    left = f"{other_program}\n{stopped.data}\n0\n5432\n\n\n"
    (stopped.data / "postmaster.pid").write_text(left)
    (stopped.folder / "socket" / ".s.PGSQL.5432.lock").write_text(left)
    assert stopped.status() is State.STOPPED
    stopped.up(binaries)
    assert stopped.status() is State.RUNNING
    assert stopped.down(binaries)
    assert not processes_in(stopped.data)


def test_a_moved_folder_starts_at_its_new_place(stopped: PrivateCluster, binaries: Binaries) -> None:
    moved = stopped.folder.rename(stopped.folder.with_name("moved, 'quoted' \"odd\" $HOME `id`"))
    with a_cluster(moved, binaries) as cluster:
        cluster.up(binaries)
        assert one(cluster.url_of("fieldwork", "postgres"), "SHOW data_directory") == str(cluster.data)


def test_down_twice_says_that_there_was_nothing_to_stop(stopped: PrivateCluster, binaries: Binaries) -> None:
    assert not stopped.down(binaries)


def test_an_interrupted_creation_is_begun_again(folder: Path, binaries: Binaries) -> None:
    with a_cluster(folder / "cluster", binaries) as cluster:
        (cluster.folder / "data.new").mkdir()
        (cluster.folder / "data.new" / "PG_VERSION").write_text("half")
        cluster.up(binaries)
        assert one(cluster.url, "SELECT 1") == "1"


def test_data_of_another_major_version_is_refused_with_three_ways_out(folder: Path, binaries: Binaries) -> None:
    with a_cluster(folder / "cluster", binaries) as cluster:
        cluster.data.mkdir()
        (cluster.data / "PG_VERSION").write_text("9\n")
        with pytest.raises(SetupError) as refusal:
            cluster.up(binaries)
    assert "made by PostgreSQL 9" in refusal.value.trouble
    assert f"is {binaries.major}" in refusal.value.trouble
    assert all(word in refusal.value.remedy for word in ("install", "pg_dump", f"remove {cluster.folder}"))


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(folder: Path, binaries: Binaries) -> None:
    deep = folder / ("deep" * 20) / ("deeper" * 15) / "cluster"
    with a_cluster(deep, binaries) as cluster:
        cluster.up(binaries)
        short = cluster.socket_folder
        assert fits(short)
        assert one(cluster.url, "SELECT 1") == "1"
        # A process with another environment finds the socket by the record.
        assert PrivateCluster(deep, cluster.account, runtime_dir=folder).url == cluster.url
    shutil.rmtree(short)


def test_a_short_socket_folder_follows_the_runtime_folder(tmp_path: Path) -> None:
    mine = Account("me", os.getuid(), os.getgid())
    short = Path("/run")
    assert choose_socket_folder(tmp_path / ("x" * 100), mine, short).parent == short
    assert choose_socket_folder(tmp_path / ("x" * 100), mine, tmp_path / "gone").parent != tmp_path / "gone"


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="belongs to user"):
        make_socket_folder(tmp_path, Account("other", os.getuid() + 1, os.getgid()))


def test_a_server_that_cannot_start_says_why(stopped: PrivateCluster, binaries: Binaries) -> None:
    with (stopped.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(SetupError, match="no_such_setting"):
        stopped.up(binaries)
