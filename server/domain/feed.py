"""Calendar feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.ids import encode


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of an officer's route stops; its secret token is kept hashed. `private_titles`: titles say "Busy" only."""

    id: int
    officer: str
    private_titles: bool
    created: datetime

    @property
    def name(self) -> str:
        """The resource name."""
        return f"feeds/{encode(self.id)}"


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed that was just made, with its token, which is shown this once."""

    feed: Feed
    token: str


@dataclass(frozen=True, slots=True)
class FeedContent:
    """A rendered feed: an iCalendar object and its HTTP entity tag."""

    ics: str
    etag: str
