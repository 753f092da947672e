"""The client that people import, against a real server."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from concurrent import futures
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from fieldwork.v1 import bookings_pb2 as pb
from fieldwork.v1 import organisation_pb2, organisation_pb2_grpc, planning_pb2
from google.longrunning import operations_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from clients.python.client import Client
from clients.python.refusal import CallRefused
from server.domain.caller import Role
from tests.rpc.fakes import FakeSettings
from tests.rpc.running import Running, running
from tests.rpc.test_idempotency import a_booking


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    with Client(server.target, server.token(Role.BOOKING_ADMINISTRATOR), sleep=lambda _: None) as found:
        yield found


def test_an_answer_is_a_message(client: Client) -> None:
    assert client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name="teams/food")).display_name == "Food safety"


def test_a_refusal_is_an_exception_with_its_fields(client: Client) -> None:
    with pytest.raises(CallRefused) as caught:
        client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name="food"))
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.reason == "INVALID_FIELD"
    assert list(caught.value.violations) == ["name"]
    assert str(caught.value).startswith("INVALID_FIELD: name: ")


def test_a_taken_slot_names_its_alternatives(client: Client) -> None:
    slot = pb.SlotChoice(service="services/a", start_time=Timestamp(seconds=1_780_000_000))
    with pytest.raises(CallRefused) as caught:
        client.bookings.CreateHold(pb.CreateHoldRequest(slot=slot))
    assert caught.value.alternatives[0] == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert len(caught.value.alternatives) == 10
    assert "alternatives" not in caught.value.facts


def test_a_write_gets_a_request_id_and_the_callers_message_stays_as_it_was(client: Client) -> None:
    request = a_booking(request_id="")
    assert client.bookings.CreateBooking(request).name
    assert request.request_id == ""


def test_waiting_tells_progress_and_returns_the_plan(server: Running, client: Client) -> None:
    server.application.operations.looks = 0
    request = planning_pb2.RunPlanRequest(team="teams/food", date=Date(year=2026, month=11, day=23))
    told: list[tuple[str, int]] = []
    operation = client.planning.RunPlan(request)
    plan = client.wait(operation, lambda now: told.append((now.phase, now.progress_percent)))
    assert plan.name == "plans/0000000000005"
    assert told == [("solving", 50), ("done", 100)]
    assert (server.application.planning.wanted[-1].seconds, server.application.planning.wanted[-1].seed) == (10, 1)


def test_waiting_for_a_failed_run_raises_its_reason(client: Client) -> None:
    with pytest.raises(CallRefused) as caught:
        client.wait(operations_pb2.Operation(name="operations/000000000000a"))
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NO_SHIFT")


def test_a_server_that_is_not_there_is_a_refusal_too() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pauses: list[float] = []
    with Client(f"127.0.0.1:{port}", "t", attempts=3, sleep=pauses.append) as client:
        with pytest.raises(CallRefused) as caught:
            client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name="teams/food"))
        assert not client.is_serving()
    assert caught.value.code is grpc.StatusCode.UNAVAILABLE
    assert 0.1 < pauses[0] < pauses[1] < 1


def test_an_unavailable_server_is_asked_again_with_the_same_request_id() -> None:
    seen: list[str] = []

    def behaviour(request: pb.ReleaseHoldRequest, context: grpc.ServicerContext) -> pb.ReleaseHoldResponse:
        seen.append(request.request_id)
        if len(seen) < 3:
            context.abort(grpc.StatusCode.UNAVAILABLE, "a moment please")
        return pb.ReleaseHoldResponse()

    method: Any = grpc.unary_unary_rpc_method_handler(
        behaviour, pb.ReleaseHoldRequest.FromString, pb.ReleaseHoldResponse.SerializeToString
    )
    shaky = grpc.server(futures.ThreadPoolExecutor(1))
    handler = grpc.method_handlers_generic_handler("fieldwork.v1.BookingService", {"ReleaseHold": method})
    shaky.add_generic_rpc_handlers((handler,))
    port = shaky.add_insecure_port("127.0.0.1:0")
    shaky.start()
    with Client(f"127.0.0.1:{port}", "t", sleep=lambda _: None) as client:
        client.bookings.ReleaseHold(pb.ReleaseHoldRequest(name="holds/0000000000001"))
    shaky.stop(None)
    assert len(seen) == 3
    assert len({uuid.UUID(one) for one in seen}) == 1


def test_a_unix_socket_is_a_target(tmp_path: Path) -> None:
    path = f"unix:{tmp_path / 'edge.sock'}"
    with running(FakeSettings(home=tmp_path, address=path)) as there, Client(path, there.token(Role.MANAGER)) as client:
        assert client.is_serving()
        assert client.organisation.ListTeams(organisation_pb2.ListTeamsRequest()).next_page_token == "more"


def test_every_service_of_the_contract_has_a_stub(client: Client) -> None:
    assert isinstance(client.organisation, organisation_pb2_grpc.OrganisationServiceStub)
    stubs = {type(value).__name__ for value in vars(client).values()}
    wanted = ("Availability", "Booking", "Calendar", "Catalogue", "Organisation", "Place", "Planning", "Route", "Visit")
    assert {f"{name}ServiceStub" for name in wanted} <= stubs
