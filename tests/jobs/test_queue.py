import asyncio
import os
import signal
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from server.domain.opening import Subject, SubjectKind
from server.jobs.backoff import DELIVERY, Backoff
from server.jobs.schema import SCHEMA_SQL
from server.jobs.stalled import requeue_stalled
from server.jobs.tasks import make_app
from server.jobs.work import work
from server.usecases.outgoing import NotDelivered
from tests.jobs.fakes import Calls, defer

Connection = psycopg.Connection[Any]
DELIVER = '{"booking": 7, "revision": 2, "kind": "booking.confirmed"}'


async def work_until(calls: Calls, conninfo: str, enough: Any, **options: Any) -> None:
    """Run the worker until `enough()`, then stop it as an operator would."""
    running = asyncio.create_task(work(calls, conninfo, **options))
    for _ in range(200):
        if enough():
            break
        await asyncio.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)


def triggers(connection: Connection) -> set[str]:
    query = "select tgname from pg_trigger where tgrelid = 'procrastinate_jobs'::regclass and not tgisinternal"
    return {name for (name,) in connection.execute(query).fetchall()}


def test_the_schema_notifies_nobody_of_new_jobs(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute("create schema apart")
        connection.execute("set local search_path to apart")
        connection.execute(SCHEMA_SQL.encode())
        found = triggers(connection)
        connection.rollback()
    assert "procrastinate_jobs_notify_queue_job_inserted_v1" not in found
    assert "procrastinate_trigger_status_events_insert_v1" in found


def test_a_migrated_database_has_that_schema(queue: Connection) -> None:
    assert "procrastinate_jobs_notify_queue_job_inserted_v1" not in triggers(queue)


async def test_a_job_is_picked_up_within_about_a_second(queue: Connection, conninfo: str) -> None:
    calls = Calls()
    running = asyncio.create_task(work(calls, conninfo))
    await asyncio.sleep(1.2)
    defer(queue, "messages.deliver", "messages", DELIVER)
    deferred = time.monotonic()
    while not calls.made and time.monotonic() < deferred + 5:
        await asyncio.sleep(0.02)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)
    assert calls.made == [("deliver", 7, 2, "booking.confirmed", False)]
    assert calls.at[0] - deferred < 1.5
    assert _left(queue) == 0


async def test_a_job_of_a_transaction_that_rolls_back_never_runs(queue: Connection, conninfo: str) -> None:
    calls = Calls()
    with psycopg.connect(conninfo) as writer:
        defer(writer, "messages.deliver", "messages", DELIVER)
        writer.rollback()
    defer(queue, "planning.run", "planning", '{"operation": 5}')
    await work_until(calls, conninfo, lambda: calls.made)
    assert calls.made == [("execute", 5)]


async def test_a_delivery_that_fails_waits_for_its_next_try(queue: Connection, conninfo: str) -> None:
    calls = Calls()

    def busy() -> None:
        raise NotDelivered("busy", permanent=False)

    calls.trouble = busy
    job = defer(queue, "messages.deliver", "messages", DELIVER)

    def row() -> Any:
        return queue.execute(
            "select status, attempts, scheduled_at > now() + interval '3 s' from procrastinate_jobs where id = %s", (job,)
        ).fetchone()

    await work_until(calls, conninfo, lambda: row()[1] == 1)
    assert row() == ("todo", 1, True)


async def test_the_last_try_is_told_so_and_then_the_job_failed(queue: Connection, conninfo: str) -> None:
    calls = Calls()

    def busy() -> None:
        raise NotDelivered("busy", permanent=False)

    calls.trouble = busy
    job = defer(queue, "messages.deliver", "messages", DELIVER, attempts=DELIVERY.tries - 1)

    def status() -> Any:
        return queue.execute("select status from procrastinate_jobs where id = %s", (job,)).fetchone()

    await work_until(calls, conninfo, lambda: status() == ("failed",))
    assert calls.made == [("deliver", 7, 2, "booking.confirmed", True)]
    assert status() == ("failed",)


async def test_a_stop_waits_for_the_job_that_runs(queue: Connection, conninfo: str) -> None:
    calls = Calls()
    ended = []

    def slow() -> None:
        time.sleep(1.0)
        ended.append(True)

    calls.trouble = slow
    defer(queue, "messages.deliver", "messages", DELIVER)
    await work_until(calls, conninfo, lambda: calls.made)
    assert ended == [True]
    assert _left(queue) == 0


async def test_a_message_does_not_wait_for_a_plan(queue: Connection, conninfo: str) -> None:
    calls = Calls()
    calls.trouble = lambda: time.sleep(1.5) if calls.made[-1][0] == "execute" else None
    defer(queue, "planning.run", "planning", '{"operation": 1}')
    defer(queue, "planning.run", "planning", '{"operation": 2}')
    defer(queue, "messages.deliver", "messages", DELIVER)
    await work_until(calls, conninfo, lambda: len(calls.made) >= 2)
    assert {call[0] for call in calls.made[:2]} == {"execute", "deliver"}


async def test_the_jobs_of_a_dead_worker_are_queued_again(queue: Connection, conninfo: str) -> None:
    silent, alive = _worker(queue, 60), _worker(queue, 1)
    lost, running = _running(queue, silent), _running(queue, alive)
    orphan = _running(queue, None)
    async with make_app(Calls(), conninfo).open_async() as app:
        assert await requeue_stalled(app) == []
    rows = queue.execute("select id, status from procrastinate_jobs").fetchall()
    assert dict(rows) == {lost: "todo", running: "doing", orphan: "todo"}


async def test_a_job_that_kills_every_worker_is_given_up(queue: Connection, conninfo: str) -> None:
    job = _running(queue, None, task="planning.run", attempts=2)
    async with make_app(Calls(), conninfo).open_async() as app:
        given_up = await requeue_stalled(app)
    assert [one.id for one in given_up] == [job]
    assert queue.execute("select status from procrastinate_jobs where id = %s", (job,)).fetchone() == ("failed",)


async def test_a_database_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = "postgresql://nobody:secret-word@127.0.0.1:1/none?connect_timeout=1"
    await work_until(Calls(), nowhere, lambda: "trying again" in caplog.text)
    assert "secret-word" not in caplog.text


async def test_holds_are_swept_each_minute(queue: Connection, conninfo: str) -> None:
    calls = Calls()
    await work_until(calls, conninfo, lambda: calls.sweeps)
    assert calls.sweeps in (1, 2)  # the minute may turn meanwhile


async def test_answers_are_forgotten_each_hour(queue: Connection, conninfo: str) -> None:
    calls = Calls()
    defer(queue, "answers.forget", "upkeep", '{"timestamp": 0}')
    await work_until(calls, conninfo, lambda: calls.forgotten)
    assert calls.forgotten >= 1
    periodic = make_app(calls, conninfo).periodic_registry.periodic_tasks
    assert {task.task.name: task.cron for task in periodic.values()}["answers.forget"] == "17 * * * *"


def test_the_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(tries=4, first_s=5, longest_s=30)
    assert [backoff.wait_s(attempts) for attempts in range(5)] == [5, 10, 20, 30, 30]
    assert [backoff.is_last(attempts) for attempts in range(4)] == [False, False, False, True]


def _left(queue: Connection) -> int:
    row = queue.execute("select count(*) from procrastinate_jobs where queue_name <> 'upkeep'").fetchone()
    assert row is not None
    return int(row[0])


def _worker(queue: Connection, silent_s: int) -> int:
    row = queue.execute(
        "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s)) returning id",
        (silent_s,),
    ).fetchone()
    assert row is not None
    return int(row[0])


def _running(queue: Connection, worker: int | None, task: str = "messages.deliver", attempts: int = 0) -> int:
    job = defer(queue, task, "messages", DELIVER, attempts)
    queue.execute("update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s", (worker, job))
    return job


async def test_series_are_made_firm_and_sessions_released_by_the_clock(queue: Connection, conninfo: str) -> None:
    """K02"""
    calls, tasks = Calls(), {"series.firm", "sessions.release"}
    for task in tasks:
        defer(queue, task, "upkeep", '{"timestamp": 0}')
    await work_until(calls, conninfo, lambda: calls.firmed and calls.released)
    periodic = make_app(calls, conninfo).periodic_registry.periodic_tasks
    assert tasks <= {one.task.name for one in periodic.values()}


async def test_rosters_open_at_night_and_repairs_escalate_each_minute(queue: Connection, conninfo: str) -> None:
    """C01, F05."""
    calls = Calls()
    defer(queue, "rosters.open", "upkeep", '{"timestamp": 0}')
    since = '{"kind": "TEAM", "code": "north", "since": "2026-03-25T06:00:00+00:00"}'
    defer(queue, "rosters.reopen", "upkeep", since)
    await work_until(calls, conninfo, lambda: calls.opened and calls.escalations and calls.made)
    assert calls.made == [("reopen", Subject(SubjectKind.TEAM, "north"), datetime(2026, 3, 25, 6, tzinfo=UTC))]
    periodic = make_app(calls, conninfo).periodic_registry.periodic_tasks
    crons = {one.task.name: one.cron for one in periodic.values()}
    assert (crons["rosters.open"], crons["repairs.escalate"]) == ("41 0 * * *", "* * * * *")
