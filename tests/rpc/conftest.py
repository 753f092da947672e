"""One server for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from tests.rpc.fakes import FakeSettings
from tests.rpc.running import Running, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(FakeSettings(home=tmp_path_factory.mktemp("home"))) as found:
        yield found


@pytest.fixture(scope="session")
def channel(server: Running) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(server.target) as found:
        yield found
