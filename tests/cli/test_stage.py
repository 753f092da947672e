"""The demo's processes: watched while the story runs, ended when it ends."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from clients.cli.demo import stage as stage_module
from clients.cli.demo.scene import StepFailed
from clients.cli.demo.stage import Stage
from clients.cli.demo.voice import Voice

Play = Callable[[str], Stage]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Return a function that makes a stage on which `python -m server VERB` runs this code instead."""

    def made(code: str) -> Stage:
        monkeypatch.setattr(stage_module, "PROGRAM", (sys.executable, "-u", "-c", code))
        return Stage(Voice(stderr=True), tmp_path, {})

    return made


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_dies_is_named_with_the_end_of_its_log(play: Play) -> None:
    with play("raise SystemExit('address 127.0.0.1:8470 is taken')") as stage:
        stage.serve("serve")
        with pytest.raises(StepFailed, match=r"(?s)serve ended with exit code 1.*address 127\.0\.0\.1:8470 is taken"):
            stage.until(lambda: False, "the start of the server", 20)


def test_waiting_ends_with_what_did_not_happen(play: Play) -> None:
    with play("import time; time.sleep(60)") as stage:
        stage.serve("serve")
        with pytest.raises(StepFailed, match=r"the start of the server did not happen within 0 s"):
            stage.until(lambda: False, "the start of the server", 0.3)


def test_every_process_is_ended_also_after_a_failure(play: Play) -> None:
    pids: list[int] = []
    with suppress(KeyboardInterrupt), play("import time; time.sleep(60)") as stage:
        stage.serve("serve")
        stage.serve("work", aloud=True)
        pids += stage.pids().values()
        assert all(_is_alive(pid) for pid in pids)
        raise KeyboardInterrupt
    assert [pid for pid in pids if _is_alive(pid)] == []


def test_a_process_that_does_not_listen_is_killed(play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stage_module, "_STOP_SECONDS", 0.3)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    with play(deaf) as stage:
        stage.serve("serve")
        stage.until(lambda: "deaf" in (tmp_path / "serve.log").read_text(encoding="utf-8"), "the process' start", 20)
        pids = stage.pids().values()
    assert not any(_is_alive(pid) for pid in pids)


def test_what_the_worker_prints_is_said(play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with play("print('SMS to +447700900123'); import time; time.sleep(60)") as stage:
        stage.serve("work", aloud=True)
        stage.until(lambda: "SMS" in (tmp_path / "work.txt").read_text(encoding="utf-8"), "the SMS", 20)
        time.sleep(0.3)
    assert "    work | SMS to +447700900123" in capsys.readouterr().err
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("follow")]


def test_a_stage_that_is_left_running_is_left_running(play: Play) -> None:
    with play("import time; time.sleep(60)") as stage:
        stage.serve("serve")
        pid = stage.pids()["serve"]
        stage.leave_running()
    assert _is_alive(pid)
    os.kill(pid, 15)
    os.waitpid(pid, 0)
