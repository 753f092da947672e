"""One request, sent many times at once: one booking, and the same answer for all."""

from __future__ import annotations

import uuid

import grpc
from fieldwork.v1 import bookings_pb2 as pb

from benchmarks.asking import CREATE_BOOKING, create_booking
from benchmarks.authority import CONSULTATION
from benchmarks.booking import free_times
from benchmarks.counts import count, must_agree
from benchmarks.databases import copies
from benchmarks.place import Place
from benchmarks.processes import ServerProcess, serving
from benchmarks.report import Figure

CALLS = 100
WHAT = "one request, 100 calls at once"


def measure(place: Place) -> list[Figure]:
    """Send one CreateBooking a hundred times at once."""
    with copies(place.server_url, place.size) as [ours]:
        before = count(ours)
        body = create_booking(CONSULTATION.code, free_times(ours, place)[0], request_id=str(uuid.uuid4()))
        with serving(ours, place.settings) as server:
            answers, others = _answers(server, body)
        must_agree(ours, before, 1)
    names = {pb.Booking.FromString(answer).name for answer in answers}
    return [
        Figure(WHAT, "answers", len(answers), "", goal=f"{CALLS}"),
        Figure(WHAT, "different answers", len(set(answers)), "", goal="1"),
        Figure(WHAT, "bookings", len(names), "", goal="1"),
        Figure(WHAT, "other endings", others, "", goal="0"),
    ]


def _answers(server: ServerProcess, body: bytes) -> tuple[list[bytes], int]:
    """Return the answers as bytes, and how many calls ended otherwise."""
    answers: list[bytes] = []
    others = 0
    with grpc.insecure_channel(f"127.0.0.1:{server.target.port}") as channel:
        ask: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(CREATE_BOOKING)
        metadata = (("authorization", f"Bearer {server.target.token}"),)
        for call in [ask.future(body, metadata=metadata, timeout=60) for _ in range(CALLS)]:
            try:
                answers.append(call.result())
            except grpc.RpcError:
                others += 1
    return answers, others
