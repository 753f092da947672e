"""How errors go out."""

from __future__ import annotations

import grpc
import pytest
from fieldwork.v1 import bookings_pb2, errors_pb2, organisation_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from server.domain import errors as domain
from server.domain.caller import Role
from server.domain.errors import DomainError, Kind, Violation
from server.rpc.errors import (
    EDGE_REASONS,
    LARGEST_DETAILS,
    STATUS,
    Code,
    Refusal,
    code_of_reason,
    refusal_of,
    status_of,
)
from tests.rpc.raw import Answer, bearer, send
from tests.rpc.running import Running

GET_TEAM = "/fieldwork.v1.OrganisationService/GetTeam"
ERRORS = [one for one in vars(domain).values() if isinstance(one, type) and issubclass(one, DomainError)]


def _team(server: Running, channel: grpc.Channel, name: str, *more: tuple[str, str]) -> Answer:
    metadata = (*bearer(server.token(Role.MANAGER)), *more)
    return send(channel, GET_TEAM, organisation_pb2.GetTeamRequest(name=name), metadata)


def test_every_reason_is_in_the_contract() -> None:
    told = {error.reason for error in ERRORS} | set(EDGE_REASONS)
    assert {f"REASON_{reason}" for reason in told} <= set(errors_pb2.Reason.keys())


def test_every_kind_has_a_status() -> None:
    assert set(STATUS) == set(Kind)


def test_a_defect_tells_the_request_id_and_nothing_else(server: Running, channel: grpc.Channel) -> None:
    answer = _team(server, channel, "teams/defect", ("x-request-id", "abc-1"))
    assert (answer.code, answer.reason) == ("INTERNAL", "DEFECT")
    assert answer.message == "internal error, request id abc-1"
    assert answer.trailers["x-request-id"] == "abc-1"


def test_a_request_id_that_could_forge_log_lines_is_replaced(server: Running, channel: grpc.Channel) -> None:
    answer = _team(server, channel, "teams/food", ("x-request-id", "a b=c"))
    assert len(str(answer.trailers["x-request-id"])) == 32


def test_a_store_that_is_down_says_when_to_try_again(server: Running, channel: grpc.Channel) -> None:
    answer = _team(server, channel, "teams/down")
    assert (answer.code, answer.reason, answer.retry_seconds) == ("UNAVAILABLE", "STORE_UNAVAILABLE", 1)


def test_a_taken_slot_comes_with_at_most_ten_alternatives(server: Running, channel: grpc.Channel) -> None:
    request = bookings_pb2.CreateHoldRequest(
        slot=bookings_pb2.SlotChoice(service="services/a", start_time=Timestamp(seconds=1_780_000_000)),
        request_id="6f1c1b1e-6d3f-4b0e-9c53-1f0e3c2f1a2b",
    )
    answer = send(channel, "/fieldwork.v1.BookingService/CreateHold", request, bearer(server.token(Role.PUBLIC)))
    assert (answer.code, answer.reason) == ("ABORTED", "SLOT_TAKEN")
    starts = answer.facts["alternatives"].split(",")
    assert (len(starts), starts[0]) == (10, "2026-11-20T12:00:00Z")


def test_the_largest_refusal_fits_into_the_trailers() -> None:
    violations = [Violation("f" * 1000, "ä" * 5000) for _ in range(500)]
    facts = {f"fact{n}": "€" * 5000 for n in range(100)}
    refusal = Refusal(Code.INVALID_ARGUMENT, "INVALID_FIELD", "ü" * 9000, violations, facts)
    status = status_of(refusal)
    assert status.ByteSize() <= LARGEST_DETAILS
    assert len(status.details) >= 1


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_a_reason_that_was_kept_gets_its_status_back(error: type[DomainError]) -> None:
    if error is not DomainError:
        assert code_of_reason(error.reason) is refusal_of(error("no"), "").code


def test_unknown_reasons_are_defects() -> None:
    assert code_of_reason("WHATEVER") is Code.INTERNAL
