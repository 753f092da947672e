"""The one reader of the environment: everything else gets a `Settings`."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


def _default_home() -> Path:
    """Return `.fieldwork` in the checkout, or the user's state folder where that is another's."""
    place = CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else Path.cwd()
    home = place / ".fieldwork"
    if os.access(home if home.is_dir() else place, os.W_OK):
        return home
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "fieldwork"


class Settings(BaseSettings):
    """Read from `FIELDWORK_*` variables; every default is harmless."""

    model_config = SettingsConfigDict(env_prefix="FIELDWORK_", frozen=True, env_ignore_empty=True)

    database_url: str | None = Field(
        default=None, description="a PostgreSQL with PostGIS; unset: the private cluster"
    )
    home: Path = Field(default_factory=_default_home, description="cluster, downloads, sockets and logs")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    runtime_dir: Path | None = Field(
        default=None,
        validation_alias="XDG_RUNTIME_DIR",
        description="where a socket goes when `home` is too deep",
    )
