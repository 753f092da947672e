"""What the web process is told by its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
DEFAULT_SERVER = "127.0.0.1:8470"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`server` is "host:port" or "unix:PATH"; `token` empty: demo tokens are made with `demo_key` or the key in `home`."""

    server: str = DEFAULT_SERVER
    token: str = ""
    demo_key: str = ""
    home: Path = CHECKOUT / ".fieldwork"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> WebSettings:
        """Return the settings that FIELDWORK_SERVER, _WEB_TOKEN, _DEMO_KEY and _HOME give; empty means unset."""
        home = environment.get("FIELDWORK_HOME")
        return cls(
            environment.get("FIELDWORK_SERVER") or DEFAULT_SERVER,
            environment.get("FIELDWORK_WEB_TOKEN") or "",
            environment.get("FIELDWORK_DEMO_KEY") or "",
            Path(home) if home else CHECKOUT / ".fieldwork",
        )
