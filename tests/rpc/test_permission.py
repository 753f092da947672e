"""Who may call what."""

from __future__ import annotations

import re
from pathlib import Path

import grpc
import pytest
from fieldwork.v1 import access_pb2
from google.protobuf.descriptor import MethodDescriptor

from server.domain.caller import Role
from server.rpc import contract, permission
from tests.rpc.raw import bearer, send
from tests.rpc.running import Running

PROTO = Path(__file__).parents[2] / "proto" / "fieldwork" / "v1"
METHODS = sorted(contract.methods().values(), key=contract.path)


def test_every_rpc_of_the_contract_says_whom_it_admits() -> None:
    silent = [
        contract.path(method)
        for method in METHODS
        if method.containing_service is not contract.OPERATIONS
        and not method.GetOptions().Extensions[access_pb2.access].roles
    ]
    assert silent == []


def test_every_service_of_the_contract_is_served() -> None:
    texts = [path.read_text() for path in PROTO.glob("*.proto")]
    written = {f"fieldwork.v1.{name}" for text in texts for name in re.findall(r"^service (\w+)", text, re.MULTILINE)}
    assert {service.full_name for service in contract.SERVICES} == written


def test_an_rpc_that_says_nothing_admits_nobody() -> None:
    health = "/grpc.health.v1.Health/Check"
    assert health in permission.OPEN
    assert health not in permission.table()
    assert all(Role.PUBLIC not in roles for path, roles in permission.table().items() if "Operations" in path)


@pytest.mark.parametrize("method", METHODS, ids=contract.path)
def test_each_role_is_admitted_or_refused_as_the_contract_says(
    server: Running, channel: grpc.Channel, method: MethodDescriptor
) -> None:
    admitted = permission.roles_of(method)
    for role in Role:
        answer = send(channel, contract.path(method), b"", bearer(server.token(role)))
        assert (answer.reason != "ROLE_NOT_ALLOWED") == (role in admitted), role
        assert (answer.code == "PERMISSION_DENIED") == (role not in admitted), role
        assert answer.code not in ("UNKNOWN", "INTERNAL"), answer


def test_a_refused_role_is_told_who_is_admitted(server: Running, channel: grpc.Channel) -> None:
    answer = send(channel, "/fieldwork.v1.PlanningService/RunPlan", b"", bearer(server.token(Role.PUBLIC)))
    assert "BOOKING_ADMINISTRATOR" in answer.message
    assert answer.facts["role"] == "PUBLIC"
