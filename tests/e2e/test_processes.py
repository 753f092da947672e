"""Server, worker and database as processes: two of a kind, stopped in the middle, killed, and away for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM
from typing import Any

import grpc
import psycopg
import pytest
from fieldwork.v1 import bookings_pb2, catalogue_pb2, planning_pb2, visits_pb2
from google.longrunning import operations_pb2
from google.type import date_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from psycopg import sql

from server.domain.caller import Role
from server.settings import Settings
from server.setup.address import for_driver, with_database
from server.setup.binaries import Binaries
from server.setup.databases import connect
from server.setup.ready import binaries_for, prefix_in
from tests.databases import a_fresh_database
from tests.e2e.authority import at, days
from tests.e2e.calling import ask, call, fresh, stamp
from tests.e2e.conftest import System, at_work, counts, install
from tests.e2e.silent_mail import SilentMailServer
from tests.e2e.system import Installation, channel_to, no_traceback, until
from tests.rpc.raw import Answer
from tests.setup.conftest import an_open_folder

ADMIN, DESK = Role.BOOKING_ADMINISTRATOR, Role.CUSTOMER_SERVICE
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


def booking(system: System, door: int, day: int, hour: int) -> bookings_pb2.CreateBookingRequest:
    """Return a request for an exact time of the only officer who could."""
    choice = bookings_pb2.SlotChoice(
        service="services/visit-at",
        premises=system.premises[door].name,
        start_time=stamp(at(days()[day], hour)),
        officer="officers/aino",
    )
    customer = bookings_pb2.Customer(display_name="Kaisa Example", phone="+358401234567", email="kaisa@example.com")
    return bookings_pb2.CreateBookingRequest(slot=choice, customer=customer, request_id=fresh())


def services(target: str) -> Answer:
    with channel_to(target) as channel:
        return ask(channel, "CatalogueService/ListServices", catalogue_pb2.ListServicesRequest(), ADMIN)


def health(channel: grpc.Channel) -> int:
    try:
        return int(health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=5).status)
    except grpc.RpcError as error:
        return -int(error.code().value[0])


def test_two_servers_on_one_database_give_one_answer(system: System) -> None:
    """What one writes the other reads, a slot has one winner, and a request id is known to both."""
    request = booking(system, 80, 0, 9)
    with system.installation.serving() as (_, target), channel_to(target) as channel:
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(lambda one: ask(one, "BookingService/CreateBooking", request, DESK), [system.channel, channel])
            )
        assert [answer.code for answer in answers] == ["OK", "OK"], answers
        assert answers[0].data == answers[1].data
        made = bookings_pb2.Booking.FromString(answers[0].data)
        asked = bookings_pb2.GetBookingRequest(name=made.name)
        assert call(channel, "BookingService/GetBooking", asked, DESK, bookings_pb2.Booking) == made
        other = booking(system, 81, 0, 9)
        taken = [ask(one, "BookingService/CreateBooking", other, DESK).reason for one in (system.channel, channel)]
        assert taken == ["SLOT_TAKEN", "SLOT_TAKEN"]


@pytest.mark.parametrize("variable", ["FIELDWORK_ADDRESS", pytest.param("FIELDWORK_METRICS_PORT", marks=pytest.mark.long)])
def test_a_port_that_is_taken_is_refused_by_name(system: System, variable: str) -> None:
    port = system.target.rpartition(":")[2]
    value = system.target if variable == "FIELDWORK_ADDRESS" else port
    done = system.installation.run("serve", **{variable: value})
    assert done.code == 2
    assert port in done.err
    assert variable in done.err
    assert no_traceback(done.said)


@pytest.mark.long
def test_a_socket_that_is_taken_is_refused_and_stays_with_its_server(system: System, tmp_path: Path) -> None:
    address = f"unix:{tmp_path}/api.sock"
    with system.installation.serving(FIELDWORK_ADDRESS=address) as (_, target):
        done = system.installation.run("serve", FIELDWORK_ADDRESS=address)
        assert (done.code, no_traceback(done.said)) == (2, True)
        assert address in done.err
        assert services(target).code == "OK"


@contextmanager
def locked(system: System) -> Iterator[Callable[[], None]]:
    """Keep every officer's day to ourselves, so that bookings wait; gives what lets them go on."""
    with psycopg.connect(for_driver(system.url)) as connection:
        connection.execute("select 1 from resource_day for update")
        yield connection.rollback


def waiting(system: System) -> int:
    """Return how many sessions wait for a row that another one has locked."""
    with psycopg.connect(for_driver(system.url)) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        ).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.parametrize("number", [SIGTERM, pytest.param(SIGINT, marks=pytest.mark.long)])
def test_a_server_that_is_told_to_stop_answers_what_it_has_begun(system: System, number: Any) -> None:
    request = booking(system, 82, 1, 9 if number == SIGTERM else 14)
    with system.installation.serving() as (server, target), channel_to(target) as channel, ThreadPoolExecutor(1) as pool:
        with locked(system) as let_go:
            answer = pool.submit(ask, channel, "BookingService/CreateBooking", request, DESK)
            until(lambda: waiting(system) > 0, "the booking waits for the day")
            server.send(number)
            server.wait_for("draining")
            until(lambda: health(channel) != SERVING, "the server says that it stops")
            assert not answer.done()
            let_go()
        assert answer.result(30).code == "OK"
        assert server.process.wait(20) == 0
        assert no_traceback(server.written()), server.written()[-3000:]


@pytest.mark.long
def test_a_call_that_outlasts_the_drain_time_is_cut_off_and_writes_nothing(system: System) -> None:
    request = booking(system, 83, 1, 11)
    before = system.counts()
    with (
        system.installation.serving(FIELDWORK_DRAIN_SECONDS="1") as (server, target),
        channel_to(target) as channel,
        ThreadPoolExecutor(1) as pool,
    ):
        with locked(system):
            answer: Future[Answer] = pool.submit(ask, channel, "BookingService/CreateBooking", request, DESK)
            until(lambda: waiting(system) > 0, "the booking waits for the day")
            server.send(SIGTERM)
            assert answer.result(10).code in ("UNAVAILABLE", "CANCELLED")
            assert server.process.wait(30) == 0  # the store gives up a lock after 10 s
        # gRPC itself logs the cancelled call with a traceback; ours must not be among it.
        assert "/server/" not in server.written(), server.written()[-3000:]
    assert system.counts() == before


COMMANDS = [("serve",), ("work",), ("import", "city"), ("import", "teams", "x.csv"), ("verify",), ("doctor",)]


@pytest.mark.parametrize("commands", [COMMANDS[:1], pytest.param(COMMANDS[1:], marks=pytest.mark.long)])
def test_a_database_without_tables_is_refused_with_the_remedy(
    system: System, database_url: str, commands: list[tuple[str, ...]]
) -> None:
    name = f"{database_url.partition('?')[0].rpartition('/')[2]}_bare"
    with connect(database_url) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        bare = Installation(system.installation.home, with_database(database_url, name))
        for command in commands:
            done = bare.run(*command)
            assert (done.code, no_traceback(done.said)) == (1, True), done.said
            assert "python -m server migrate" in done.said, done.said
    finally:
        with connect(database_url) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def binaries() -> Binaries:
    return binaries_for(Settings())


@contextmanager
def own_cluster(binaries: Binaries) -> Iterator[Installation]:
    """An installation with a private cluster of its own, stopped at the end."""
    with an_open_folder() as home:
        if prefix_in(Settings()).is_dir():  # no second download for a user without root
            (home / "prefix").symlink_to(prefix_in(Settings()))
        made = Installation(home, None)
        try:
            yield made
        finally:
            made.run("db", "down")


def test_a_database_that_goes_away_and_comes_back_is_waited_for(binaries: Binaries) -> None:
    with own_cluster(binaries) as installation:
        up = installation.run("db", "up")
        assert up.code == 0, up.said
        assert installation.run("migrate").code == 0
        with installation.serving() as (server, target), channel_to(target) as channel:
            assert services(target).code == "OK"
            assert health(channel) == SERVING
            with installation.started("work") as worker:
                worker.wait_for("worker ready")
                assert installation.run("db", "down").code == 0
                for _ in range(12):  # more than there are connections in the pool
                    away = services(target)
                    assert (away.code, away.reason) == ("UNAVAILABLE", "STORE_UNAVAILABLE"), away
                    assert away.retry_seconds > 0
                until(lambda: health(channel) == NOT_SERVING, "the server says that it cannot serve", 20)
                worker.wait_for("the database does not answer")
                length = len(worker.written())
                assert installation.run("db", "up").code == 0
                until(lambda: services(target).code == "OK", "the server recovers", 20)
                until(lambda: health(channel) == SERVING, "the server says so", 20)
                until(lambda: "worker ready" in worker.written()[length:], "the worker recovers", 30)
                assert worker.stop() == 0
                assert no_traceback(worker.written()), worker.written()[-4000:]
            assert server.stop() == 0
            assert no_traceback(server.written()), server.written()[-4000:]


def messages(system: System, name: str) -> list[bookings_pb2.Message]:
    asked = bookings_pb2.ListMessagesRequest(parent=name)
    found = call(system.channel, "BookingService/ListMessages", asked, DESK, bookings_pb2.ListMessagesResponse)
    return list(found.messages)


def forget_the_dead(system: System) -> None:
    """Let half a minute of silence pass for the queue, which takes a worker for dead after that."""
    with psycopg.connect(for_driver(system.url), autocommit=True) as connection:
        connection.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '1 minute'")


@pytest.fixture(scope="module")
def own_system(database_url: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[System]:
    """A system on a database of its own, with no worker but those that a test starts."""
    with (
        a_fresh_database(database_url, f"killed_{worker_id}") as url,
        at_work(install(tmp_path_factory.mktemp("own"), url), worker=False) as made,
    ):
        yield made


@pytest.mark.long
def test_a_worker_killed_in_the_middle_of_a_delivery_delivers_each_message_once(own_system: System) -> None:
    with SilentMailServer() as mail:
        smtp = {"FIELDWORK_SMTP_HOST": "127.0.0.1", "FIELDWORK_SMTP_PORT": str(mail.port), "FIELDWORK_SMTP_TLS": "none"}
        with own_system.installation.started("work", **smtp) as first:
            first.wait_for("worker ready")
            made = call(
                own_system.channel,
                "BookingService/CreateBooking",
                booking(own_system, 84, 2, 9),
                DESK,
                bookings_pb2.Booking,
            )
            until(lambda: mail.asked > 0, "the worker talks to the mail server")
            assert first.stop(SIGKILL) == -SIGKILL
    with own_system.installation.started("work") as second:
        second.wait_for("worker ready")
        forget_the_dead(own_system)
        sent = bookings_pb2.Message.STATE_SENT
        until(lambda: [one.state for one in messages(own_system, made.name)] == [sent, sent], "both are sent", 120)
        assert {one.channel for one in messages(own_system, made.name)} == {
            bookings_pb2.Message.CHANNEL_SMS,
            bookings_pb2.Message.CHANNEL_EMAIL,
        }
        assert no_traceback(second.written()), second.written()[-3000:]


@pytest.mark.long
def test_a_worker_killed_in_the_middle_of_a_plan_leaves_one_plan(own_system: System) -> None:
    visits = [
        visits_pb2.Visit(service="services/surprise", premises=place.name, team="teams/centre", weight=4)
        for place in own_system.premises[100:140]
    ]
    batch = visits_pb2.BatchCreateVisitsRequest(visits=visits, request_id=fresh())
    assert ask(own_system.channel, "VisitService/BatchCreateVisits", batch, ADMIN).code == "OK"
    day = days()[6]
    date = date_pb2.Date(year=day.year, month=day.month, day=day.day)
    run = planning_pb2.RunPlanRequest(team="teams/centre", date=date, seconds=20, request_id=fresh())
    before = counts(own_system.url)["plan"]
    with own_system.installation.started("work") as first:
        first.wait_for("worker ready")
        operation = call(own_system.channel, "PlanningService/RunPlan", run, ADMIN, operations_pb2.Operation)
        until(lambda: phase(own_system, operation.name) == "solving", "the planner solves")
        assert first.stop(SIGKILL) == -SIGKILL
    again = call(own_system.channel, "PlanningService/RunPlan", run, ADMIN, operations_pb2.Operation)
    assert again.name == operation.name
    with own_system.installation.started("work") as second:
        second.wait_for("worker ready")
        forget_the_dead(own_system)
        until(lambda: seen(own_system, operation.name).done, "the run ends", 150)
        assert not seen(own_system, operation.name).HasField("error"), seen(own_system, operation.name)
        assert no_traceback(second.written()), second.written()[-3000:]
    assert counts(own_system.url)["plan"] == before + 1


def seen(system: System, name: str) -> operations_pb2.Operation:
    asked = operations_pb2.GetOperationRequest(name=name)
    return call(system.channel, "/google.longrunning.Operations/GetOperation", asked, ADMIN, operations_pb2.Operation)


def phase(system: System, name: str) -> str:
    progress = planning_pb2.RunPlanMetadata()
    seen(system, name).metadata.Unpack(progress)
    return progress.phase
