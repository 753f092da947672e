"""The optimizer's reasons in people's words: seconds become clock times in the team's zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from optimizer import model
from server.domain.plan import Reason

CLOSED = "another day: the place is not open long enough on this one"
_NUMBER = re.compile(r"\d+")
Clock = Callable[[int], str]


def clock_of(epoch: datetime, zone: ZoneInfo) -> Clock:
    """Return what tells the local time of so many seconds after the epoch."""
    return lambda seconds: f"{(epoch + timedelta(seconds=seconds)).astimezone(zone):%H:%M}"


def reason(found: model.Reason, clock: Clock) -> Reason:
    """Return a reason as people read it; `margin` stays in the rule's unit."""
    needs, has = found.needs, found.has
    if found.rule == "shift_end":
        needs, has = f"home by {_clocked(needs, clock)}", f"home at {_clocked(has, clock)}"
    elif found.rule == "window":
        needs, has = f"start in {_clocked(needs, clock)}", f"{-(-found.margin // 60)} min outside"
    return Reason(found.officer, found.rule, needs, has, found.margin)


def _clocked(text: str, clock: Clock) -> str:
    numbers = [clock(int(number)) for number in _NUMBER.findall(text)]
    return "-".join(numbers[:2]) if numbers else text


def closed(officer: str) -> Reason:
    """Return why an officer does not have a visit to a place that is closed on the day."""
    return Reason(officer, "closed", "a place that is open", "closed that day", 0)


def relaxation(found: model.Relaxation | None) -> str:
    """Return the smallest change that would let a visit in, in words; empty when there is none."""
    if found is None:
        return ""
    minutes = -(-found.seconds // 60)
    return f"{found.rule.replace('_', ' ')} of {found.officer} by {minutes} min"


def breach(found: model.Breach) -> str:
    """Return one line about a broken rule."""
    where = " ".join(part for part in (found.visit or "", found.officer or "") if part)
    return f"{found.rule}: {where} needs {found.needs}, has {found.has}"
