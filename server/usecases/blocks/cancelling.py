"""Cancelling sessions with everything that is booked in them, one or a whole block of them, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain import booking_history as history
from server.domain.block import Block, BlockState
from server.domain.booking import Booking
from server.domain.caller import Request
from server.domain.cancel_reason import CancelReason
from server.domain.change import Change, Job, message_job
from server.domain.errors import IllegalTransition
from server.domain.session import Session, SessionState
from server.domain.session_view import BlockView, SessionView
from server.usecases.blocks.desk import Desk, actor_of, holds_in, without_sessions
from server.usecases.bookings.records import settled_repairs, withdrawn
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.ports import DayKey, Transaction
from server.usecases.series.desk import forget_requests, told, usable_reason


class Cancelling(Desk):
    """Ends sessions that have not begun."""

    def cancel_block(self, request: Request, name: str, reason: str, etag: str) -> BlockView:
        """Cancel every session of a block that is to come, and the bookings in them."""
        with self._store.begin(request) as tx:
            block = tx.blocks.get(name)
            block.must_be(etag)
            known = usable_reason(tx, request.caller, reason)

        def keys(tx: Transaction) -> set[DayKey]:
            return set(tx.sessions.days([one.id for one in self._to_come(tx.sessions.of_block(block.id))]))

        def decide(tx: Transaction, locked: LockedDays) -> BlockView:
            current = tx.blocks.get(name, lock=True)
            current.must_be(etag)
            if current.state is BlockState.CANCELLED:
                raise IllegalTransition(f"{name} is cancelled already", block=name)
            ending = self._to_come(tx.sessions.of_block(block.id))
            cancelled = current.cancelled(reason)
            tx.blocks.save(cancelled)
            change = self._ended(tx, request, locked, ending, known, current)
            audit = self._audit(actor_of(request), "block.cancelled", name, {"sessions": len(ending), "reason": reason})
            every = tx.sessions.of_block(block.id)
            view = BlockView(cancelled, tuple(SessionView(replace(one, officers=())) for one in every))
            tx.write(replace(change, audits=(audit,)), view)
            return view

        return change_days(self._store, self._travel, self._clock(), request, keys, (), decide)

    def cancel_session(self, request: Request, name: str, reason: str, etag: str) -> SessionView:
        """Cancel a session that has not begun, and the bookings in it."""
        with self._store.begin(request) as tx:
            number = tx.sessions.get(name).id
            known = usable_reason(tx, request.caller, reason)

        def decide(tx: Transaction, locked: LockedDays) -> SessionView:
            session = tx.sessions.get(name)
            session.must_be(etag)
            if not self._to_come([session]):
                raise IllegalTransition(
                    f"{name} is {session.state.value} or has begun and stays as it is",
                    session=name,
                    state=session.state.value,
                )
            block = tx.blocks.by_id(session.block) if session.block else None
            change = self._ended(tx, request, locked, [session], known, block)
            audit = self._audit(actor_of(request), "session.cancelled", name, {"reason": reason})
            view = SessionView(session.closed(SessionState.CANCELLED))
            tx.write(replace(change, audits=(audit,)), view)
            return view

        return change_days(
            self._store, self._travel, self._clock(), request, lambda tx: tx.sessions.days([number]), (), decide
        )

    def _to_come(self, sessions: Sequence[Session]) -> list[Session]:
        now = self._clock()
        return [one for one in sessions if one.state is not SessionState.CANCELLED and one.span.start > now]

    def _ended(
        self,
        tx: Transaction,
        request: Request,
        locked: LockedDays,
        ending: Sequence[Session],
        reason: CancelReason,
        block: Block | None,
    ) -> Change:
        """Return the change that frees the sessions' time; the sessions themselves are saved."""
        for session in ending:
            tx.sessions.save(session.closed(SessionState.CANCELLED))
        numbers, actor, now = {session.id for session in ending}, actor_of(request), self._clock()
        old = tx.sessions.bookings(numbers)
        for booking in old:
            reason.must_suit(booking, request.caller)
        forget_requests(tx, old, now)
        new = [booking.cancel(reason.code) for booking in old]
        after = [without_sessions(day, numbers, locked) for day in locked.now.values()]
        return Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in after),
            bookings=tuple(new),
            visits=tuple(visit for booking in old for visit in withdrawn(tx, booking)),
            released_holds=tuple({*locked.released_holds(), *holds_in(locked, numbers)}),
            events=tuple(history.event(history.CANCELLED, a, b, actor, now) for a, b in zip(old, new, strict=True)),
            repairs=tuple(repair for one in old for repair in settled_repairs(tx, one, history.CANCELLED)),
            jobs=_news(new, block),
        )


def _news(cancelled: Sequence[Booking], block: Block | None) -> tuple[Job, ...]:
    """Return the jobs that tell: an allocated block's customer once, everybody else each."""
    if block is not None and block.customer is not None and len(cancelled) > 1:
        return told(cancelled, "series.cancelled")
    return tuple(message_job(booking, history.CANCELLED) for booking in cancelled)
