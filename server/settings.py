"""The server's one reader of the environment: everything else of the server gets a `Settings`."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
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


class WrongSettingsError(Exception):
    """A variable cannot be used; the text names it, its value and what it may be."""


class Settings(BaseSettings):
    """Read from `FIELDWORK_*` variables; every default is harmless."""

    model_config = SettingsConfigDict(env_prefix="FIELDWORK_", frozen=True, env_ignore_empty=True, str_strip_whitespace=True)

    database_url: str | None = Field(default=None, description="a PostgreSQL with PostGIS; unset: the private cluster")
    home: Path = Field(default_factory=_default_home, description="cluster, downloads, sockets and logs")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="what is logged at all")
    log_format: Literal["console", "json"] = Field(default="console", description="for eyes, or a JSON object per line")
    runtime_dir: Path | None = Field(
        default=None,
        validation_alias="XDG_RUNTIME_DIR",
        description="where a socket goes when `home` is too deep",
    )
    address: str = Field(
        default="127.0.0.1:8470",
        description="where gRPC listens: host:port (port 0: any free one) or unix:PATH; several with commas",
    )
    metrics_port: int = Field(default=0, ge=0, le=65535, description="loopback port of Prometheus metrics; 0: off")
    drain_seconds: float = Field(default=10, ge=0, le=3600, description="how long a stopping server lets calls finish")
    pool_size: int = Field(
        default=8, ge=1, le=200, description="database connections, and so use cases at work at the same time"
    )
    watch_poll_seconds: float = Field(default=0.3, ge=0.01, le=60, description="how often streams look for what is new")
    watch_heartbeat_seconds: float = Field(
        default=15, ge=0.05, le=300, description="after so long without news, a stream says that there is none"
    )
    watch_streams_per_principal: int = Field(default=50, ge=1, le=500, description="streams that one caller may have open")
    demo_key: SecretStr | None = Field(
        default=None, description="key of demo tokens, at least 32 bytes; unset: a random one kept in `home`/demo.key"
    )
    insecure_demo_tokens_anywhere: bool = Field(
        default=False, description="accept demo tokens on addresses that other machines reach: never in production"
    )
    demo_database: str = Field(
        default="fieldwork_demo",
        pattern=r"^fieldwork_demo[a-z0-9_]{0,40}$",
        description="the database that `fieldwork demo` drops and makes anew; two demos at a time need two",
    )
    authority_name: str = Field(default="Fieldwork demo authority", description="who sends messages and invitations")
    authority_email: str = Field(
        default="bookings@fieldwork.example", pattern=r"^[^@\s]+@[^@\s]+$", description="the sender's address"
    )
    authority_language: str = Field(
        default="en", pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="language (BCP 47) of customers who named none"
    )
    freeze_minutes: int = Field(
        default=0, ge=0, le=1440, description="an emergency moves nothing that an officer leaves for so soon"
    )
    waiting_offer_minutes: int = Field(
        default=30, ge=1, le=10080, description="how long what is offered to somebody on the waiting list is kept for them"
    )
    region: str = Field(
        default="FI", pattern="^[A-Z]{2}$", description="country (ISO 3166) whose telephone numbers need no prefix"
    )
    holiday_country: str = Field(
        default="",
        pattern="^([A-Z]{2}|none)?$",
        description="country (ISO 3166) whose public holidays close weekly opening hours; empty: that of `region`; or none",
    )
    holiday_subdivision: str = Field(
        default="",
        pattern="^([A-Z0-9]{1,3})?$",
        description="part of that country (ISO 3166-2 without the country, e.g. BY) that has holidays of its own",
    )
    roster_days: int = Field(
        default=62, ge=1, le=400, description="how many days from today the opening rules are made into days to book"
    )
    approval_hours: int = Field(
        default=72, ge=0, le=8760, description="a booking that nobody approves for so long is cancelled; 0: never"
    )
    auto_complete_hours: int = Field(
        default=0, ge=0, le=720, description="work that an officer left so long ago without a word is done; 0: never"
    )
    smtp_host: str = Field(default="", description="mail server; empty: mails are printed on the worker's console")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="port of the mail server")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(default="starttls", description="how the mail is encrypted")
    smtp_user: str = Field(default="", description="account at the mail server; empty: none is given")
    smtp_password: SecretStr | None = Field(default=None, description="password of that account")


def read_settings() -> Settings:
    """Return the settings of this process, or refuse them in words."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"FIELDWORK_{str(wrong['loc'][0]).upper()}={wrong['input']!r}: {wrong['msg']}" for wrong in error.errors()]
        raise WrongSettingsError("\n".join(lines)) from None
