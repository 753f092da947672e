"""The demo as a person runs it: real processes, a real database, real roads."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

KEYS = [
    "premises",
    "visits",
    "officers",
    "served_weight",
    "lost_weight",
    "travel_seconds",
    "naive_served_weight",
    "naive_travel_seconds",
    "common_travel_seconds",
    "naive_common_travel_seconds",
    "bookings",
    "messages",
    "seconds",
]
ROOT = Path(__file__).parents[2]


def demo_command(out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "clients.cli", "demo", "--seconds", "3", "--out", str(out), *options]


def environment(worker_id: str, **more: str) -> dict[str, str]:
    """Return an environment with a demo database of the test's own, so that a demo left running is not disturbed."""
    return {**os.environ, "FIELDWORK_DEMO_DATABASE": f"fieldwork_demo_test_{worker_id}", "NO_COLOR": "1", **more}


def told(out: Path, env: dict[str, str], *options: str) -> dict[str, Any]:
    """Run the demo and return its figures."""
    command = demo_command(out, "--json", *options)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=ROOT, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("\n") == 1
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def test_every_step_of_a_citys_day_holds(database_url: str, worker_id: str, tmp_path: Path) -> None:
    figures = told(tmp_path, environment(worker_id, TZ="Pacific/Kiritimati"))
    assert list(figures) == KEYS
    assert figures["premises"] > 1000
    assert (figures["officers"], figures["bookings"], figures["messages"]) == (7, 2, 4)
    assert figures["served_weight"] > figures["naive_served_weight"]
    assert 0 < figures["common_travel_seconds"] < figures["naive_common_travel_seconds"]
    assert (tmp_path / "planned-day.svg").stat().st_size < 400_000
    assert "data-stop" in (tmp_path / "planned-day.html").read_text(encoding="utf-8")
    said = (tmp_path / "work.txt").read_text(encoding="utf-8")
    assert said.count("METHOD:REQUEST") == 2


def test_a_demo_database_that_is_in_use_is_not_dropped(database_url: str, worker_id: str) -> None:
    name = f"fieldwork_demo_busy_{worker_id}"
    reset = [sys.executable, "-m", "server", "demo-reset"]
    env = {**os.environ, "FIELDWORK_DEMO_DATABASE": name}
    made = subprocess.run(reset, check=True, capture_output=True, text=True, env=env, cwd=ROOT, timeout=60)
    url = make_url(json.loads(made.stdout)["database_url"]).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as other:
        refused = subprocess.run(reset, check=False, capture_output=True, text=True, env=env, cwd=ROOT, timeout=60)
        assert other.execute("select 1").fetchone() == (1,)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert name in refused.stderr
    assert "FIELDWORK_DEMO_DATABASE=fieldwork_demo_2" in refused.stderr
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as administrator:
        administrator.execute(f"drop database {name}")


@pytest.mark.long
def test_the_day_may_be_a_sunday_and_other_inspections_may_be_due(database_url: str, worker_id: str, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    sunday = today + timedelta(days=13 - today.weekday())
    figures = told(tmp_path, environment(worker_id), "--date", sunday.isoformat(), "--seed", "2")
    assert figures["served_weight"] > figures["naive_served_weight"]


@pytest.mark.long
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_interrupted_leaves_no_process_behind(
    database_url: str, worker_id: str, tmp_path: Path, sign: signal.Signals
) -> None:
    demo = subprocess.Popen(
        demo_command(tmp_path),
        env=environment(worker_id),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout is not None
    port = 0
    for line in demo.stdout:
        found = re.search(r"starting the server on 127\.0\.0\.1:(\d+)", line)
        port = int(found[1]) if found else port
        if re.search(r": \d+ %", line):  # planning runs just now
            break
    demo.send_signal(sign)
    _, errors = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert "Traceback" not in errors
    assert errors.endswith("ended: interrupted\n")
    assert port
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server is still there"
