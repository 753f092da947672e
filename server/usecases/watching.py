"""What watchers may know, and where they go on."""

from __future__ import annotations

from datetime import timedelta

from server.domain import resume_token
from server.domain.caller import Caller
from server.domain.errors import BadResumeToken, InvalidField, WatchTooOld
from server.domain.resume_token import ResumeToken
from server.domain.watching import BookingNews, Cursor, DayNews, Reading, horizon
from server.usecases.ports import Clock
from server.usecases.ports.watching import ChangeFeed

REMEMBERED = timedelta(days=7)
"""So old may a resume token be."""
MOST_EVENTS = 1000
MOST_DAYS = 1000
"""Of one reading."""


class Watching:
    """Reads what is new for the streams of a process, which share what was read."""

    def __init__(self, feed: ChangeFeed, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock
        self._store = ""

    def present(self) -> Cursor:
        """Return the cursor to which everything is known by now; the first asks, too, which store this is."""
        self._store = self._store or self._feed.identity()
        return self._feed.present()

    def bookings(self, cursor: Cursor) -> Reading[BookingNews]:
        """Return the next events."""
        return self._feed.bookings(cursor, MOST_EVENTS)

    def days(self, cursor: Cursor) -> Reading[DayNews]:
        """Return the changed days from yesterday on: in some zone it may still be today."""
        return self._feed.days(cursor, self._clock().date() - timedelta(days=1), MOST_DAYS)

    def token(self, stream: str, cursor: Cursor) -> str:
        """Return the token to go on from that cursor of that stream."""
        return ResumeToken(f"{stream}@{self._store}", self._clock(), cursor).text()

    def resumed(self, stream: str, token: str, present: Cursor) -> Cursor:
        """Return the cursor of a token, or refuse it."""
        found = resume_token.read(token, f"{stream}@{self._store}")
        if found.at < self._clock() - REMEMBERED:
            raise WatchTooOld(
                f"resume_token: it is of {found.at:%Y-%m-%d %H:%M} UTC, older than {REMEMBERED.days} days: read everything "
                "anew, then watch without a token"
            )
        newest = found.cursor.until or found.cursor.since
        if horizon(newest) > horizon(present.since):
            raise BadResumeToken("resume_token: it is ahead of this store; read everything anew, then watch without a token")
        return found.cursor


def seen_bookings(caller: Caller, news: tuple[BookingNews, ...]) -> tuple[BookingNews, ...]:
    """Return the events that a caller may know of: to whom is not staff, the own bookings'."""
    return news if caller.is_staff else tuple(one for one in news if one.creator == caller.principal)


def seen_days(caller: Caller, resource: str, news: tuple[DayNews, ...]) -> tuple[DayNews, ...]:
    """Return the days that a caller may know of, of one resource or, with "", of all.

    Whoever is not staff is told dates, and only those on which more changed than unpromised visits.
    """
    if caller.is_staff:
        return tuple(one for one in news if resource in ("", one.resource) or not one.resource)
    return tuple(DayNews(day, "", True) for day in sorted({one.day for one in news if one.is_offer}))


def must_be_allowed(caller: Caller, resource: str) -> None:
    """Refuse those who name a resource that they are not told of."""
    if resource and not caller.is_staff:
        raise InvalidField.of("resource", f"{resource!r}: only staff watch one resource; leave it empty")
