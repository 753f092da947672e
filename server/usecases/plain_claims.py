"""The short way to a slot: an officer whose time is free as it stands takes it, and nothing else moves.

Most consultations are booked so. There is nothing to search or to measure: no leg changes, nobody is displaced, so no other
offer could cost less; the officers' own order settles who takes it, as in a search.
"""

from __future__ import annotations

from datetime import datetime

from server.domain.allotting import kept_for
from server.domain.catalogue import PromiseKind
from server.domain.change import Change
from server.domain.limits import UNLIMITED
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay, StopKind
from server.domain.spans import Span
from server.domain.undisturbed import room_for, with_undisturbed
from server.usecases.offers import candidate, new_stop
from server.usecases.placing import Claim, Mark, NoLongerFits
from server.usecases.ports import DayKey, IdSource, Transaction

MOST_TRIES = 4


def free_days(tx: Transaction, claim: Claim) -> list[DayKey]:
    """Return the days of the first few officers who seem to be free as they are; none for a claim that needs more."""
    wanted = claim.wanted
    if not _is_plain(claim) or tx.sessions.offering(wanted.service.code, claim.promise, wanted.office):
        return []  # a seat of a session is taken before anybody's own time
    return tx.days.free(wanted.crew[0], _busy(claim), MOST_TRIES)


def place(
    tx: Transaction, claim: Claim, key: DayKey, mark: Mark, ids: IdSource, now: datetime
) -> tuple[tuple[Officer, ...], Change]:
    """Lock the day, look again, and put the stop there; return the crew and the change. Raises NoLongerFits."""
    day = tx.days.lock([key]).get(key)
    officer = next((one for one in claim.wanted.officers if one.id == key[1]), None)
    if day is None or officer is None or _is_in_flux(day, now) or key[1] not in claim.wanted.crew_on(key[0])[0]:
        raise NoLongerFits
    asked = candidate(claim.wanted.service, claim.wanted.premises, location=claim.wanted.location)
    limits = claim.wanted.limits.get(key[1], UNLIMITED)
    if limits.is_full(day) or limits.is_spent(day, asked.before + asked.work + asked.after):
        raise NoLongerFits
    busy = _busy(claim)
    low, high = day.span.offset(busy.start), day.span.offset(busy.end)
    position = room_for(day, asked.place, (low, high)) if day.span.offset(now) <= low else None
    if position is None:
        raise NoLongerFits
    stop = mark(new_stop(claim.wanted.service, asked, claim.promise, day, ids.occupancy()), day)
    return (officer,), Change(before=(day,), after=(with_undisturbed(day, position, stop),))


def _is_plain(claim: Claim) -> bool:
    """Tell whether a claim is of one officer's time at a minute, with nothing beside it."""
    service = claim.wanted.service
    simple = service.promise_kind is PromiseKind.EXACT and len(service.crew) == 1 and service.capacity == 1
    return simple and not (service.resources or claim.overbook or claim.released_booking)


def _is_in_flux(day: ResourceDay, now: datetime) -> bool:
    """Tell whether a hold on the day has run out: its time is given back to all first."""
    return any(stop.kind is StopKind.HOLD and stop.expires <= day.span.offset(now) for stop in day.stops)


def _busy(claim: Claim) -> Span:
    return kept_for(claim.wanted.service, claim.promise)
