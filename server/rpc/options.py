"""The settings that the edge reads, as a Protocol: the settings object itself lives above this layer."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Secret(Protocol):
    """A value that does not print itself."""

    def get_secret_value(self) -> str: ...


class TokenOptions(Protocol):
    """Where the key of demo tokens is."""

    @property
    def home(self) -> Path: ...
    @property
    def demo_key(self) -> Secret | None: ...


class EdgeOptions(TokenOptions, Protocol):
    """How the server listens. `address` may be several, with commas; a `metrics_port` of 0 is off."""

    @property
    def address(self) -> str: ...
    @property
    def metrics_port(self) -> int: ...
    @property
    def drain_seconds(self) -> float: ...
    @property
    def pool_size(self) -> int: ...
    @property
    def insecure_demo_tokens_anywhere(self) -> bool: ...
    @property
    def watch_poll_seconds(self) -> float: ...
    @property
    def watch_heartbeat_seconds(self) -> float: ...
    @property
    def watch_streams_per_principal(self) -> int: ...
