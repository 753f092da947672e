"""What the log says of calls."""

from __future__ import annotations

import grpc
from fieldwork.v1 import bookings_pb2, organisation_pb2
from structlog.testing import capture_logs

from server.domain.caller import Role
from tests.rpc.raw import bearer, send
from tests.rpc.running import Running
from tests.rpc.test_idempotency import a_booking


def test_a_line_tells_who_did_what_and_how_it_ended(server: Running, channel: grpc.Channel) -> None:
    metadata = (*bearer(server.token(Role.MANAGER, principal="boss")), ("x-request-id", "r-1"))
    with capture_logs() as lines:
        request = organisation_pb2.GetTeamRequest(name="teams/none")
        send(channel, "/fieldwork.v1.OrganisationService/GetTeam", request, metadata)
    (line,) = lines
    milliseconds = line.pop("ms")
    assert 0 <= milliseconds < 5000
    assert line == {
        "event": "rpc",
        "log_level": "info",
        "method": "/fieldwork.v1.OrganisationService/GetTeam",
        "code": "NOT_FOUND",
        "reason": "NOT_FOUND",
        "principal": "boss",
        "request_id": "r-1",
    }


def test_no_line_holds_personal_data_or_a_token(server: Running, channel: grpc.Channel) -> None:
    method, token = "/fieldwork.v1.BookingService/CreateBooking", server.token(Role.CUSTOMER_SERVICE)
    broken = a_booking(customer=bookings_pb2.Customer(display_name="Maija", phone="+358401234567" * 9))
    with capture_logs() as lines:
        for request in (a_booking(), broken):
            send(channel, method, request, bearer(token))
        send(channel, "/personal/Maija", b"", bearer(token))
    assert [line["code"] for line in lines] == ["OK", "INVALID_ARGUMENT", "UNIMPLEMENTED"]
    for secret in ("Maija", "+358", "example.org", token):
        assert secret not in repr(lines)


def test_a_defect_is_logged_with_its_traceback(server: Running, channel: grpc.Channel) -> None:
    with capture_logs() as lines:
        request = organisation_pb2.GetTeamRequest(name="teams/defect")
        send(channel, "/fieldwork.v1.OrganisationService/GetTeam", request, bearer(server.token(Role.MANAGER)))
    (line,) = lines
    assert (line["log_level"], line["code"], line["reason"]) == ("error", "INTERNAL", "DEFECT")
    assert isinstance(line["exc_info"], RuntimeError)
