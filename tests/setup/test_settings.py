"""Settings: where things lie by default, and what is said about a wrong variable."""

from pathlib import Path

import pytest

from server import settings
from server.settings import Settings, WrongSettingsError, read_settings


def test_a_wrong_value_is_refused_by_the_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_LOG_LEVEL", "loud")
    with pytest.raises(WrongSettingsError, match=r"FIELDWORK_LOG_LEVEL='loud'.*'debug', 'info'"):
        read_settings()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_DATABASE_URL", "")
    assert read_settings().database_url is None


def test_a_checkout_of_our_own_holds_its_state(no_variables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(settings, "CHECKOUT", tmp_path)
    assert Settings().home == tmp_path / ".fieldwork"


def test_a_checkout_of_somebody_else_leaves_the_state_with_the_user(
    no_variables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(settings, "CHECKOUT", tmp_path)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert Settings().home == Path("/state/fieldwork")
