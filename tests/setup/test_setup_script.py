"""scripts/setup.sh: what it says on a machine that it cannot use."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ORDINARY = [
    "bash",
    "cat",
    "chmod",
    "cp",
    "cut",
    "date",
    "dirname",
    "find",
    "grep",
    "id",
    "mkdir",
    "mktemp",
    "rm",
    "sed",
    "sha256sum",
    "sh",
    "tail",
]
A_PYTHON_THAT_WORKS = r"""
case "$*" in
    *--without-pip*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"pip install"*)
        version=$(sed -n 's/^uv==\([^ ]*\) .*/\1/p' requirements.lock)
        printf '#!/bin/sh\necho uv %s\n' "$version" > .venv/bin/uv && chmod +x .venv/bin/uv ;;
    *) echo Python 3.13.0 ;;
esac
"""
A_PYTHON_ON_A_FULL_DISK = """
case "$*" in
    *--without-pip*) echo the disk is full: https://me:secret@index/x; exit 1 ;;
    *--version) echo Python 3.13.0 ;;
esac
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout on a machine with ordinary programs and no Python."""
    checkout, programs = tmp_path / "a checkout", tmp_path / "bin"
    programs.mkdir()
    for name in ORDINARY:
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    shutil.copytree(CHECKOUT / "scripts", checkout / "scripts")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, checkout)
    return checkout


def set_up(checkout: Path) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)}
    command = [str(checkout / "scripts" / "setup.sh")]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def a_python(checkout: Path, script: str) -> None:
    python = checkout.parent / "bin" / "python3"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def test_no_python_is_said_with_the_remedy(bare: Path) -> None:
    said = set_up(bare)
    assert said.returncode == 1
    assert "Python 3.11, 3.12, 3.13 or 3.14 is needed" in said.stderr
    assert "apt-get install python3" in said.stderr


def test_a_python_that_is_too_old_is_named(bare: Path) -> None:
    a_python(bare, 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    said = set_up(bare)
    assert said.returncode == 1
    assert "python3 here is: Python 3.9.2" in said.stderr
    assert not (bare / ".venv").exists()


def test_a_failed_step_shows_its_last_words_without_addresses(bare: Path) -> None:
    a_python(bare, A_PYTHON_ON_A_FULL_DISK)
    said = set_up(bare)
    assert said.returncode == 1
    assert "the disk is full" in said.stderr
    assert "secret" not in said.stderr
    assert "error: making .venv with Python 3.13.0 failed" in said.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_checkout_of_somebody_else_is_left_alone(bare: Path) -> None:
    a_python(bare, "exit 0")
    bare.chmod(0o555)
    said = set_up(bare)
    assert said.returncode == 1
    assert "not writable" in said.stderr


def test_a_second_run_says_and_does_nothing(bare: Path) -> None:
    a_python(bare, A_PYTHON_THAT_WORKS)
    first, second = set_up(bare), set_up(bare)
    assert first.returncode == 0, first.stderr
    assert "installing the packages of requirements.lock" in first.stderr
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_a_changed_lock_is_installed_again(bare: Path) -> None:
    a_python(bare, A_PYTHON_THAT_WORKS)
    set_up(bare)
    with (bare / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    again = set_up(bare)
    assert "installing the packages of requirements.lock" in again.stderr
    assert "making .venv" not in again.stderr


def test_a_moved_checkout_gets_a_new_environment(bare: Path) -> None:
    a_python(bare, A_PYTHON_THAT_WORKS)
    set_up(bare)
    moved = bare.rename(bare.with_name("moved"))
    assert "making .venv" in set_up(moved).stderr
