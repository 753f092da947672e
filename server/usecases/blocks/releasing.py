"""Giving back what nobody booked, some hours before a session."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from server.domain.change import Change
from server.domain.errors import StoreUnavailable
from server.domain.resource_day import ResourceDay, Stop
from server.domain.session import Session, SessionState
from server.domain.spans import Span
from server.usecases.blocks.desk import Desk, without_sessions
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.ports import Transaction

RELEASER = "sessions.release"
PAGE = 100


class Releasing(Desk):
    """The hourly look at sessions that are near."""

    def release(self) -> int:
        """Close the sessions whose time of release has come without a booking, cut the others to their bookings.

        Returns how many; each is a transaction of its own.
        """
        with self._store.begin() as tx:
            due = tx.sessions.to_release(self._clock(), PAGE)
        for session in due:
            with suppress(StoreUnavailable):  # somebody works on these days: the next time has it
                self._release_one(session.id)
        return len(due)

    def _release_one(self, number: int) -> None:
        def decide(tx: Transaction, locked: LockedDays) -> None:
            session = tx.sessions.some([number])[number]
            if session.state is not SessionState.OPEN or session.release is None:
                return
            kept = _booked(session, locked.now[session.key])
            after = session.trimmed(kept) if kept else session.closed(SessionState.CLOSED)
            tx.sessions.save(after)
            days = [_left(day, after, kept, locked) for day in locked.now.values()]
            detail = {"kept": f"{kept.start.isoformat()}/{kept.end.isoformat()}" if kept else "nothing"}
            change = Change(
                before=tuple(locked.before.values()),
                after=tuple(settled(day, self._store.ids) for day in days),
                released_holds=locked.released_holds(),
                audits=(self._audit(RELEASER, "session.released", session.name, detail),),
            )
            tx.write(change)

        change_days(self._store, self._travel, self._clock(), None, lambda tx: tx.sessions.days([number]), (), decide)


def _booked(session: Session, day: ResourceDay) -> Span | None:
    """Return the time from the first booking or hold in a session until the last, or None without any."""
    busy = [stop.busy for stop in day.beside]
    if not busy:
        return None
    hull = Span(day.span.at(min(low for low, _ in busy)), day.span.at(max(high for _, high in busy)))
    return session.span.intersection(hull)


def _left(day: ResourceDay, session: Session, kept: Span | None, locked: LockedDays) -> ResourceDay:
    """Return the day with what is left of the session's stops on it."""
    if day.resource == session.id:
        return day
    if kept is None:
        return without_sessions(day, {session.id}, locked)
    start, work = day.span.offset(kept.start), kept.seconds

    def cut(stop: Stop) -> Stop:
        if stop.session != session.id:
            return stop
        return replace(stop, start=start, earliest=start, latest=start + 1, work=work)

    return day.each(cut)
