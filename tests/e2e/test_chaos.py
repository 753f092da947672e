"""Kill -9 in the middle of a storm of bookings: what was acknowledged stands, what was asked twice is done once."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL

import psycopg
import pytest
from fieldwork.v1 import bookings_pb2, places_pb2
from google.protobuf.message import Message

from server.domain.caller import Role
from server.domain.ids import encode
from server.settings import Settings
from server.setup.address import for_driver
from server.setup.ready import database_url as ready_database
from tests.databases import a_fresh_database
from tests.e2e.authority import at, days
from tests.e2e.calling import ask, call, fresh, stamp
from tests.e2e.conftest import counts, install
from tests.e2e.system import Child, Installation, channel_to, until
from tests.rpc.raw import Answer

CLIENTS = 6
DESK = Role.CUSTOMER_SERVICE
GOES_ON = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN"}
"""What a client sees of a server that was killed: it asks again with the same request id."""


@dataclass
class Storm:
    """What clients asked for and were told, by request id."""

    target: str
    premises: list[str]
    told: dict[str, tuple[bookings_pb2.CreateBookingRequest, bookings_pb2.Booking]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def client(self, seed: int) -> None:
        """Book and cancel until the storm is over."""
        choose = random.Random(seed)
        with channel_to(self.target) as channel:

            def insist(method: str, request: Message) -> Answer:
                while True:
                    answer = ask(channel, method, request, DESK, 20)
                    if answer.code not in GOES_ON:
                        return answer
                    time.sleep(0.3)

            while not self.over.is_set():
                request = self._wish(choose)
                answer = insist("BookingService/CreateBooking", request)
                assert answer.code in {"OK", "ABORTED"}, answer
                if answer.code == "OK":
                    made = bookings_pb2.Booking.FromString(answer.data)
                    self.told[request.request_id] = (request, made)
                    if choose.random() < 0.5:
                        reason = bookings_pb2.CancelBookingRequest(
                            name=made.name, reason="CUSTOMER_REQUEST", request_id=fresh()
                        )
                        assert insist("BookingService/CancelBooking", reason).code == "OK"
                        self.cancelled.add(made.name)

    def _wish(self, choose: random.Random) -> bookings_pb2.CreateBookingRequest:
        start = at(days()[choose.randrange(5)], choose.randrange(8, 16))
        place = choose.choice(self.premises)
        slot = bookings_pb2.SlotChoice(service="services/visit-at", premises=place, start_time=stamp(start))
        customer = bookings_pb2.Customer(display_name="Kaisa Example", email="kaisa@example.com")
        return bookings_pb2.CreateBookingRequest(slot=slot, customer=customer, request_id=fresh())


def kill_and_start_again(
    stack: ExitStack, installation: Installation, child: Child, verb: str, ready: str, **more: str
) -> Child:
    """Kill a process without warning and return the next one, ready."""
    assert child.stop(SIGKILL) == -SIGKILL
    following = stack.enter_context(installation.started(verb, **more))
    following.wait_for(ready)
    return following


@pytest.mark.parametrize("rounds", [1, pytest.param(25, marks=[pytest.mark.long, pytest.mark.chaos])])
def test_what_was_acknowledged_stands_however_often_server_and_worker_are_killed(rounds: int, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(a_fresh_database(ready_database(Settings()), f"chaos_{rounds}"))
        installation = install(tmp_path, url)
        server, target = stack.enter_context(installation.serving())
        worker = stack.enter_context(installation.started("work"))
        worker.wait_for("worker ready")
        storm = Storm(target, premises_of(target))
        pool = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        clients = [pool.submit(storm.client, seed) for seed in range(CLIENTS)]
        for number in range(rounds):
            before = len(storm.told)
            until(lambda before=before: len(storm.told) >= before + 3, "clients are being served")  # type: ignore[misc]
            server = kill_and_start_again(stack, installation, server, "serve", "serving on ", FIELDWORK_ADDRESS=target)
            if number % 2:
                worker = kill_and_start_again(stack, installation, worker, "work", "worker ready")
        storm.over.set()
        for client in clients:
            client.result()
        until(lambda: counts(url)["jobs"] == 0, "the worker has no job left")
        must_be_as_told(installation, storm, url)


def premises_of(target: str) -> list[str]:
    """Return some places to go to."""
    with channel_to(target) as channel:
        asked = places_pb2.ListPremisesRequest(page_size=60)
        found = call(channel, "PlaceService/ListPremises", asked, Role.WORKER, places_pb2.ListPremisesResponse)
    return [place.name for place in found.premises]


def must_be_as_told(installation: Installation, storm: Storm, url: str) -> None:
    """Compare what clients were told with what is stored: no more, no less, and each told to its customer once."""
    done = installation.run("verify")
    assert done.code == 0, done.said
    with psycopg.connect(for_driver(url)) as connection:
        states: dict[int, str] = dict(connection.execute("select id, state from booking").fetchall())
        told = connection.execute(
            "select booking_id, revision, kind, channel, count(*) from message group by 1, 2, 3, 4"
        ).fetchall()
    named = {encode(number): state for number, state in states.items()}
    acknowledged = {made.name.removeprefix("bookings/") for _, made in storm.told.values()}
    assert named.keys() == acknowledged
    live = {name for name, state in named.items() if state == "CONFIRMED"}
    assert live == acknowledged - {name.removeprefix("bookings/") for name in storm.cancelled}
    assert all(count == 1 for *_, count in told)
    assert {encode(row[0]) for row in told} == acknowledged
    with channel_to(storm.target) as channel:
        for request, made in list(storm.told.values())[:50]:
            answer = ask(channel, "BookingService/CreateBooking", request, DESK)
            assert answer.data == made.SerializeToString(deterministic=True), answer
