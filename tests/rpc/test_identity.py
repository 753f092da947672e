"""Who calls."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import grpc
import jwt
import pytest
from fieldwork.v1 import organisation_pb2 as pb

from server.domain.caller import Role
from server.rpc.identity import demo_key
from tests.rpc.raw import Answer, bearer, send
from tests.rpc.running import Running

METHOD = "/fieldwork.v1.OrganisationService/GetTeam"
REQUEST = pb.GetTeamRequest(name="teams/food")


def _with(channel: grpc.Channel, token: str) -> Answer:
    return send(channel, METHOD, REQUEST, bearer(token))


def _signed(server: Running, key: bytes | None = None, without: str = "", **changes: Any) -> str:
    claims: dict[str, Any] = {
        "iss": "fieldwork-demo",
        "sub": "x",
        "role": "MANAGER",
        "exp": int(time.time()) + 60,
        **changes,
    }
    claims.pop(without, None)
    return jwt.encode(claims, key or demo_key(server.settings), algorithm="HS256")


def test_a_call_with_a_good_token_is_answered(server: Running, channel: grpc.Channel) -> None:
    answer = _with(channel, server.token(Role.MANAGER))
    assert answer.code == "OK"
    assert pb.Team.FromString(answer.data).time_zone == "Europe/Helsinki"


def test_a_call_without_a_token_is_refused(server: Running, channel: grpc.Channel) -> None:
    answer = send(channel, METHOD, REQUEST)
    assert (answer.code, answer.reason) == ("UNAUTHENTICATED", "TOKEN_MISSING")


@pytest.mark.parametrize("value", ["Basic eHg6eXk=", "Bearer", "Bearer x", "Bearer a.b.c", "Bearer " + "a" * 5000])
def test_what_is_not_a_token_is_refused(server: Running, channel: grpc.Channel, value: str) -> None:
    answer = send(channel, METHOD, REQUEST, (("authorization", value),))
    assert (answer.code, answer.reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")


def test_an_unsigned_token_is_refused(server: Running, channel: grpc.Channel) -> None:
    head, body = ({"alg": "none", "typ": "JWT"}, {"iss": "fieldwork-demo", "sub": "x", "role": "MANAGER", "exp": 4e9})
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, body)]
    assert _with(channel, ".".join([*parts, ""])).reason == "TOKEN_INVALID"


def test_a_token_of_another_key_is_refused(server: Running, channel: grpc.Channel) -> None:
    assert _with(channel, _signed(server, key=b"k" * 40)).reason == "TOKEN_INVALID"


def test_an_expired_token_says_so(server: Running, channel: grpc.Channel) -> None:
    answer = _with(channel, _signed(server, exp=int(time.time()) - 1))
    assert answer.reason == "TOKEN_INVALID"
    assert "expired" in answer.message


@pytest.mark.parametrize("claim", ["exp", "sub", "iss", "role"])
def test_a_token_that_lacks_a_claim_names_it(server: Running, channel: grpc.Channel, claim: str) -> None:
    answer = _with(channel, _signed(server, without=claim))
    assert answer.reason == "TOKEN_INVALID"
    assert f"'{claim}'" in answer.message


@pytest.mark.parametrize(
    "claims",
    [
        {"role": "EMPEROR"},
        {"role": ["MANAGER"]},
        {"role": "OFFICER"},
        {"role": "OFFICER", "officer": 3},
        {"role": "PARTNER", "system": 3},
        {"role": "PARTNER", "system": "The CRM"},
        {"sub": ""},
        {"sub": "a\0b"},
        {"iss": "elsewhere"},
        {"exp": "soon"},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(server: Running, channel: grpc.Channel, claims: dict[str, Any]) -> None:
    answer = _with(channel, _signed(server, **claims))
    assert (answer.code, answer.reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")


def test_the_demo_key_is_made_once_and_for_its_owner_only(server: Running) -> None:
    path = server.settings.home / "demo.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert demo_key(server.settings) == path.read_bytes()
