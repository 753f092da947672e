"""The server's life."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from pathlib import Path

import grpc
import pytest
from fieldwork.v1 import organisation_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from clients.python.client import Client
from clients.python.refusal import CallRefused
from server.domain.caller import Role
from server.rpc import contract
from server.rpc.addresses import CannotListen, is_local, split
from server.rpc.identity import BadDemoKey, DemoVerifier, demo_key
from server.rpc.serve import Edge, serve
from server.rpc.token_command import print_token
from tests.rpc.fakes import FakeApplication, FakeSettings
from tests.rpc.running import Running, running
from tests.rpc.test_idempotency import a_booking

CHECK = health_pb2.HealthCheckRequest
Status = health_pb2.HealthCheckResponse


def test_health_answers_for_every_service_without_a_token(channel: grpc.Channel) -> None:
    stub = health_pb2_grpc.HealthStub(channel)
    for name in ("", *(service.full_name for service in contract.SERVICES), "google.longrunning.Operations"):
        assert stub.Check(CHECK(service=name)).status == Status.SERVING
    with pytest.raises(grpc.RpcError) as caught:
        stub.Check(CHECK(service="no.such.Service"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_health_can_be_watched(channel: grpc.Channel) -> None:
    watch = health_pb2_grpc.HealthStub(channel).Watch(CHECK(), timeout=5)
    assert next(watch).status == Status.SERVING
    watch.cancel()


def test_health_follows_the_application(server: Running, channel: grpc.Channel) -> None:
    stub = health_pb2_grpc.HealthStub(channel)
    for ready, status in ((False, Status.NOT_SERVING), (True, Status.SERVING)):
        server.application.is_ready = ready
        asyncio.run_coroutine_threadsafe(server.edge._tell_health(["fieldwork.v1.BookingService"]), server.loop).result(5)
        assert stub.Check(CHECK(service="fieldwork.v1.BookingService")).status == status


def test_reflection_lists_the_services_and_their_files(channel: grpc.Channel) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="fieldwork.v1.BookingService"),
    ]
    services, file = list(stub.ServerReflectionInfo(iter(asked), timeout=5))
    names = {one.name for one in services.list_services_response.service}
    assert {service.full_name for service in contract.SERVICES} < names
    assert file.file_descriptor_response.file_descriptor_proto


def test_metrics_count_calls_by_method_and_code(tmp_path: Path) -> None:
    port = _free_port()
    with running(FakeSettings(home=tmp_path, metrics_port=port)) as there:
        with Client(there.target, there.token(Role.MANAGER)) as client:
            client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name="teams/food"))
            with pytest.raises(CallRefused):
                client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name="teams/none"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
            text = page.read().decode()
    method = 'method="/fieldwork.v1.OrganisationService/GetTeam"'
    assert f'fieldwork_rpc_total{{code="OK",{method}}} 1.0' in text
    assert f'fieldwork_rpc_total{{code="NOT_FOUND",{method}}} 1.0' in text
    assert f"fieldwork_rpc_seconds_count{{{method}}} 2.0" in text
    assert "fieldwork_rpc_in_flight 0.0" in text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_busy_port_names_the_address_and_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        address = f"127.0.0.1:{busy.getsockname()[1]}"
        code = _serve(FakeSettings(home=tmp_path, address=address))
    told = capsys.readouterr().err
    assert code == 2
    assert f"{address} is in use by another process" in told
    assert "FIELDWORK_ADDRESS" in told


def test_a_second_server_does_not_share_the_port(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert _serve(FakeSettings(home=server.settings.home, address=server.target)) == 2
    assert server.target in capsys.readouterr().err


def test_a_second_server_does_not_take_the_socket_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = FakeSettings(home=tmp_path, address=f"unix:{tmp_path}/edge.sock")
    with running(settings) as first, Client(settings.address, first.token(Role.MANAGER)) as client:
        assert _serve(settings) == 2
        assert client.is_serving()
    assert "in use by another server" in capsys.readouterr().err


def test_a_busy_metrics_port_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        assert _serve(FakeSettings(home=tmp_path, metrics_port=busy.getsockname()[1])) == 2
    assert "FIELDWORK_METRICS_PORT" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "example.org:0", "10.0.0.1:0", "127.0.0.1:0,0.0.0.0:0"])
def test_demo_tokens_are_for_this_machine_only(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _serve(FakeSettings(home=tmp_path, address=address)) == 2
    assert "can be reached by other machines" in capsys.readouterr().err


def test_demo_tokens_elsewhere_are_an_explicit_choice(tmp_path: Path) -> None:
    with running(FakeSettings(home=tmp_path, address="0.0.0.0:0", insecure_demo_tokens_anywhere=True)) as there:
        assert there.target.startswith("0.0.0.0:")


@pytest.mark.parametrize("address", ["", "8470", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:99999", ":8470"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(CannotListen, match=r"127\.0\.0\.1:8470"):
        split(address)


def test_loopback_addresses_and_sockets_are_local() -> None:
    assert all(map(is_local, ("127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix:/x")))
    assert not any(map(is_local, ("0.0.0.0:1", "[::]:1", "192.168.1.1:1", "a.example:1", "127.0.0.1.example.org:1")))


def _serve(settings: FakeSettings) -> int:
    """Return the exit code of a server that cannot start."""
    application = FakeApplication()
    code = asyncio.run(asyncio.wait_for(serve(application.as_application(), settings), 10))
    assert application.closed
    return code


def test_a_stopping_server_says_so_and_lets_calls_finish(tmp_path: Path) -> None:
    with running(FakeSettings(home=tmp_path)) as there:
        bookings, answers = there.application.bookings, []
        with Client(there.target, there.token(Role.PUBLIC), attempts=1) as client:
            slow = threading.Thread(target=lambda: answers.append(client.bookings.CreateBooking(a_booking(note="slow"))))
            slow.start()
            assert bookings.began.wait(5)
            stopping = asyncio.run_coroutine_threadsafe(there.edge.stop(), there.loop)
            time.sleep(0.2)
            assert not stopping.done()
            with Client(there.target, attempts=1) as late:
                assert not late.is_serving(1)
            bookings.let_go.set()
            slow.join(5)
            stopping.result(5)
        assert answers[0].name


def test_a_call_that_outlives_the_drain_is_cut_off(tmp_path: Path) -> None:
    with running(FakeSettings(home=tmp_path, drain_seconds=0.2)) as there:
        errors: list[CallRefused] = []
        with Client(there.target, there.token(Role.PUBLIC), attempts=1) as client:
            slow = threading.Thread(target=lambda: errors.append(_error(client)))
            slow.start()
            assert there.application.bookings.began.wait(5)
            began = time.monotonic()
            asyncio.run_coroutine_threadsafe(there.edge.stop(), there.loop).result(5)
            assert time.monotonic() - began < 2
            slow.join(5)
            there.application.bookings.let_go.set()
    assert errors[0].code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


def _error(client: Client) -> CallRefused:
    with pytest.raises(CallRefused) as caught:
        client.bookings.CreateBooking(a_booking(note="slow"))
    return caught.value


def test_watchers_are_told_and_do_not_hold_up_the_drain(tmp_path: Path) -> None:
    with running(FakeSettings(home=tmp_path)) as there, grpc.insecure_channel(there.target) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(CHECK(), timeout=10)
        assert next(watch).status == Status.SERVING
        began = time.monotonic()
        asyncio.run_coroutine_threadsafe(there.edge.stop(), there.loop).result(9)
        assert time.monotonic() - began < 2
        assert next(watch).status == Status.NOT_SERVING


def test_a_deadline_ends_a_call(tmp_path: Path) -> None:
    with running(FakeSettings(home=tmp_path)) as there, Client(there.target, there.token(Role.PUBLIC)) as client:
        with pytest.raises(CallRefused) as caught:
            client.bookings.CreateBooking(a_booking(note="slow"), timeout=0.3)
        there.application.bookings.let_go.set()
        assert client.is_serving()
    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED


PROGRAM = """
import asyncio, pathlib, sys
from server.rpc.serve import serve
from tests.rpc.fakes import FakeApplication, FakeSettings

application = FakeApplication()
settings = FakeSettings(home=pathlib.Path(sys.argv[1]))
code = asyncio.run(serve(application.as_application(), settings, lambda bound: print(bound[0], flush=True)))
print("closed" if application.closed else "open", flush=True)
sys.exit(code)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_process_gracefully(tmp_path: Path, number: signal.Signals) -> None:
    program = textwrap.dedent(PROGRAM)
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        target = next(line.strip() for line in lines if line.startswith("127.0.0.1:"))
        with Client(target) as client:
            assert client.is_serving()
        process.send_signal(number)
        rest, errors = process.communicate(timeout=15)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "closed" in rest
    assert "Traceback" not in rest + errors


def test_the_token_command_prints_a_token_that_works(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_token(server.settings, "booking-administrator") == 0
    with Client(server.target, capsys.readouterr().out.strip()) as client:
        assert client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name="teams/food"))


@pytest.mark.parametrize(("role", "ttl"), [("king", 60), ("officer", 60), ("manager", 0), ("manager", 10**9)])
def test_the_token_command_refuses_what_makes_no_token(
    server: Running, capsys: pytest.CaptureFixture[str], role: str, ttl: int
) -> None:
    assert print_token(server.settings, role, ttl_seconds=ttl) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("fieldwork: --")


@pytest.mark.parametrize(("role", "system"), [("manager", "crm"), ("partner", "The CRM")])
def test_the_token_command_gives_a_system_to_partners_only(
    server: Running, capsys: pytest.CaptureFixture[str], role: str, system: str
) -> None:
    assert print_token(server.settings, "partner", system="crm") == 0
    token = capsys.readouterr().out.strip()
    assert DemoVerifier(demo_key(server.settings)).verify(token).own_system == "crm"
    assert print_token(server.settings, role, system=system) == 2
    assert capsys.readouterr().err.startswith("fieldwork: --system")


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo.key").write_text("short")
    with pytest.raises(BadDemoKey, match="5 bytes"):
        demo_key(FakeSettings(home=tmp_path))


def test_an_edge_that_never_started_can_be_stopped(tmp_path: Path) -> None:
    async def life() -> None:
        await Edge(FakeApplication().as_application(), FakeSettings(home=tmp_path)).stop()

    asyncio.run(life())
