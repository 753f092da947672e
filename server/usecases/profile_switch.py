"""Switching profiles by date and by threshold."""

from __future__ import annotations

import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from server.domain import local_time
from server.domain.caller import Caller, Request, Role
from server.domain.commands import SlotQuery
from server.domain.errors import DomainError
from server.domain.opening import Effect
from server.domain.profile import Cause, Profile, Threshold
from server.domain.spans import Span
from server.usecases.ports import Clock, Store
from server.usecases.profiles import Profiles
from server.usecases.slots import Slots

SWITCH = Caller("system", Role.WORKER)
SEEKER = Caller("system", Role.BOOKING_ADMINISTRATOR)
"""Whose eyes a threshold looks for slots with."""
HORIZON = timedelta(days=366)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether a trigger holds, which one, and why, in words for the audit."""

    holds: bool
    cause: Cause
    why: str


class ProfileSwitch:
    """Looks at every profile's trigger, and switches those that are not as it says."""

    def __init__(self, store: Store, profiles: Profiles, slots: Slots, clock: Clock) -> None:
        self._store = store
        self._profiles = profiles
        self._slots = slots
        self._clock = clock

    def look(self) -> int:
        """Switch what is due; return how many. A profile that a person switched on stays on until a person says."""
        with self._store.begin() as tx:
            known = tx.profiles.switched()
        return sum(self._switch(profile) for profile in known)

    def _switch(self, profile: Profile) -> bool:
        verdict = self._verdict(profile)
        request = Request(SWITCH, "profiles.switch", str(uuid.uuid4()), b"", lambda _: b"")
        try:
            if verdict.holds and not profile.is_active and not profile.overruled:
                self._profiles.activate(request, profile.code, verdict.why, verdict.cause)
                return True
            if not verdict.holds and profile.overruled:
                self._forgive(profile)
            if not verdict.holds and self._may_end(profile):
                self._profiles.deactivate(request, profile.code, verdict.why, verdict.cause, holds=False)
                return True
        except DomainError as refusal:  # somebody switched it meanwhile, or another active one is in its way
            logger.warning("%s was not switched: %s", profile.name, refusal.message)
        return False

    def _verdict(self, profile: Profile) -> _Verdict:
        now = self._clock()
        if profile.period is not None and now in profile.period:
            return _Verdict(True, Cause.DATE, f"{profile.period.start.isoformat()} has come")
        if profile.threshold is not None:
            why = self._reached(profile.threshold)
            if why:
                return _Verdict(True, Cause.THRESHOLD, why)
        cause = profile.standing.cause if profile.standing else Cause.DATE
        over = "its period is over" if cause is Cause.DATE else "demand is below the threshold"
        return _Verdict(False, cause, over)

    def _reached(self, threshold: Threshold) -> str:
        """Return why a threshold is reached; empty when it is not."""
        if threshold.waiting:
            with self._store.begin() as tx:
                count = tx.waiting.demand(threshold.service)
            if count >= threshold.waiting:
                return f"{count} wait for services/{threshold.service}, the threshold is {threshold.waiting}"
        days = threshold.no_slot_within_days
        if days and not self._has_slot(threshold):
            return f"no slot of services/{threshold.service} begins within {days} days"
        return ""

    def _has_slot(self, threshold: Threshold) -> bool:
        now = self._clock()
        query = SlotQuery(
            service=threshold.service,
            premises=threshold.premises,
            span=Span(now, now + timedelta(days=threshold.no_slot_within_days)),
            limit=1,
            location=threshold.location,
        )
        found: list[object] = []
        with suppress(DomainError):  # nobody could do it at all: as good as no slot
            found += self._slots.search(SEEKER, query)[0]
        return bool(found)

    def _forgive(self, profile: Profile) -> None:
        """Let the trigger switch it again when it comes next."""
        with self._store.begin() as tx:
            tx.profiles.active()
            known = tx.profiles.get(profile.code, lock=True)
            if known.overruled and not known.is_active:
                tx.profiles.save(known.deactivated())

    def _may_end(self, profile: Profile) -> bool:
        """Tell whether an active profile may be switched off by itself: no promise stands in the hours that it opened."""
        standing = profile.standing
        if standing is None or standing.cause is Cause.PERSON:
            return False
        stay = profile.threshold.stay_hours if standing.cause is Cause.THRESHOLD and profile.threshold else 0
        return standing.since + timedelta(hours=stay) <= self._clock() and not self._is_promised(profile)

    def _is_promised(self, profile: Profile) -> bool:
        now = self._clock()
        for rule in profile.standing.rules if profile.standing else ():
            if rule.effect is not Effect.OPEN:
                continue
            with self._store.begin() as tx:
                covered = {who.id: who for who in tx.rosters.covered(rule.subject)}
                days = tx.days.search(list(covered), now.date() - timedelta(days=1), (now + HORIZON).date())
            for day in days:
                opened = rule.span(day.day, local_time.zone(covered[day.resource].zone))
                if opened is None:
                    continue
                for stop in day.everything():
                    start, end = (day.span.at(moment) for moment in stop.busy)
                    if (stop.is_promise or stop.session) and start < opened.end and opened.start < end and now < end:
                        return True
        return False
