"""Resume tokens: a cursor, the stream that it is of, and when it was given out. They are opaque, not secret."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from server.domain.errors import BadResumeToken
from server.domain.watching import Cursor, is_snapshot

_LAST_ID = 1 << 63


@dataclass(frozen=True, slots=True)
class ResumeToken:
    """A cursor that left the house. `stream` names the rpc's stream and the store whose transactions it counts."""

    stream: str
    at: datetime
    cursor: Cursor

    def text(self) -> str:
        """Return it as watchers get it."""
        parts = [self.stream, int(self.at.timestamp()), self.cursor.since, self.cursor.until, self.cursor.after]
        return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def read(text: str, stream: str) -> ResumeToken:
    """Return the token, or refuse one that was not made by `text` for this stream."""
    try:
        found, at, since, until, after = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        token = ResumeToken(found, datetime.fromtimestamp(at, UTC), Cursor(since, until, after))
    except (binascii.Error, ValueError, TypeError, OverflowError, OSError) as error:
        raise BadResumeToken("resume_token: take that of the last response, unchanged") from error
    if found != stream:
        raise BadResumeToken("resume_token: it is of another stream or another deployment; begin without a token")
    if not _is_cursor(token.cursor):
        raise BadResumeToken("resume_token: take that of the last response, unchanged")
    return token


def _is_cursor(cursor: Cursor) -> bool:
    """Tell whether a cursor that came from outside is one that the store can go on from."""
    if not (isinstance(cursor.since, str) and isinstance(cursor.until, str) and type(cursor.after) is int):
        return False
    until = not cursor.until or is_snapshot(cursor.until)
    return is_snapshot(cursor.since) and until and 0 <= cursor.after < _LAST_ID
