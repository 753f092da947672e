"""Real clusters in folders that PostgreSQL's account reaches (pytest's own are closed to it under root)."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.settings import Settings
from server.setup.account import owner_for
from server.setup.binaries import Binaries
from server.setup.cluster import PrivateCluster
from server.setup.cluster_place import make_folder
from server.setup.ready import binaries_for, prefix_in


@pytest.fixture(scope="session")
def binaries() -> Binaries:
    """The programs that the tests' own database runs on; installed by `make db`."""
    return binaries_for(Settings())


@contextmanager
def an_open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fieldwork-test-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def a_cluster(folder: Path, binaries: Binaries, runtime_dir: Path | None = None) -> Iterator[PrivateCluster]:
    """A cluster that is not started yet; stopped at the end."""
    cluster = PrivateCluster(folder, owner_for(folder), runtime_dir)
    make_folder(cluster)
    try:
        yield cluster
    finally:
        cluster.down(binaries)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account of this machine can enter."""
    with an_open_folder() as made:
        yield made


@pytest.fixture
def new_home(folder: Path, binaries: Binaries) -> Path:
    """A home without a cluster, where the programs are found as in the tests' own home."""
    prefix = prefix_in(Settings())
    if prefix.is_dir():  # no second download for a user without root
        (folder / "prefix").symlink_to(prefix)
    return folder


@pytest.fixture(scope="session")
def running(binaries: Binaries) -> Iterator[PrivateCluster]:
    """One running cluster for all tests that leave it running."""
    with an_open_folder() as made, a_cluster(made / "cluster", binaries) as cluster:
        cluster.up(binaries)
        yield cluster


@pytest.fixture(scope="session")
def used(binaries: Binaries) -> Iterator[PrivateCluster]:
    """A cluster that was up and is down; only to be copied."""
    with an_open_folder() as made, a_cluster(made / "cluster", binaries) as cluster:
        cluster.up(binaries)
        cluster.down(binaries)
        yield cluster


@pytest.fixture
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the product's variables out of the environment."""
    for name in [name for name in os.environ if name.startswith("FIELDWORK_")]:
        monkeypatch.delenv(name)
