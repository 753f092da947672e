"""Opening rules, holidays, and whose time they are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

from fieldwork.v1 import opening_pb2 as pb
from google.type import dayofweek_pb2
from google.type.timeofday_pb2 import TimeOfDay

from server.domain.errors import InvalidField, Violation
from server.domain.opening import Effect, OpeningRule, Recurrence, Subject, SubjectKind
from server.rpc.convert.times import date_message, local_date

CHANGEABLE = ("effect", "start_time", "end_time", "weekdays", "start_date", "end_date", "on_holidays", "note")
_COLLECTIONS = {"teams": SubjectKind.TEAM, "officers": SubjectKind.OFFICER, "resources": SubjectKind.RESOURCE}
_EFFECTS = {Effect.OPEN: pb.AvailabilityRule.EFFECT_OPEN, Effect.CLOSED: pb.AvailabilityRule.EFFECT_CLOSED}
_EFFECT_OF = {message: effect for effect, message in _EFFECTS.items()}


def subject(name: str) -> Subject:
    """Return the subject of a name such as "teams/north" or "authority"."""
    collection, _, code = name.partition("/")
    return Subject(_COLLECTIONS.get(collection, SubjectKind.AUTHORITY), code)


def optional_subject(name: str) -> Subject | None:
    """Return the subject of a filter; None when it is empty."""
    return subject(name) if name else None


def rule(message: pb.AvailabilityRule) -> OpeningRule:
    """Return the rule to record."""
    _must_have_dates(message)
    weekdays = frozenset(message.weekdays)
    return OpeningRule(
        subject=subject(message.subject),
        effect=_EFFECT_OF[message.effect],
        recurrence=Recurrence.WEEKLY if weekdays else Recurrence.DATE,
        start=_time(message.start_time),
        end=_time(message.end_time),
        weekdays=weekdays,
        first=local_date(message.start_date) if message.HasField("start_date") else date.min,
        after_last=local_date(message.end_date) if message.HasField("end_date") else date.max,
        on_holidays=message.on_holidays,
        note=message.note,
    )


def _must_have_dates(message: pb.AvailabilityRule) -> None:
    missing = [field for field in ("start_date", "end_date") if not message.HasField(field)]
    if missing and not message.weekdays:
        raise InvalidField.of(
            f"availability_rule.{missing[0]}", "is missing: a rule without weekdays needs the dates on which it holds"
        )


def change(message: pb.UpdateAvailabilityRuleRequest) -> Callable[[OpeningRule], OpeningRule]:
    """Return what makes the changed rule out of the known one; refuses a mask that is empty or names anything else."""
    paths = list(message.update_mask.paths)
    if not paths:
        raise InvalidField.of("update_mask", f"is empty: name what changes, of {', '.join(CHANGEABLE)}")
    wrong = [path for path in paths if path not in CHANGEABLE]
    if wrong:
        remedy = f"only {', '.join(CHANGEABLE)} can change"
        raise InvalidField(
            f"update_mask: {wrong[0]!r} cannot be changed; {remedy}",
            violations=[Violation("update_mask", f"{path!r} cannot be changed; {remedy}") for path in wrong],
        )

    def changed(known: OpeningRule) -> OpeningRule:
        merged = rule_message(known)
        for path in paths:
            merged.ClearField(path)  # type: ignore[arg-type]
            _copy(message.availability_rule, merged, path)
        return replace(rule(merged), subject=known.subject)

    return changed


def _copy(source: pb.AvailabilityRule, target: pb.AvailabilityRule, path: str) -> None:
    value: Any = getattr(source, path)
    if path == "weekdays":
        target.weekdays.extend(value)
    elif path in ("start_time", "end_time", "start_date", "end_date"):
        if source.HasField(path):  # type: ignore[arg-type]
            getattr(target, path).CopyFrom(value)
    else:
        setattr(target, path, value)


def rule_message(known: OpeningRule) -> pb.AvailabilityRule:
    """Return a rule as a message."""
    return pb.AvailabilityRule(
        name=known.name,
        subject=str(known.subject),
        effect=_EFFECTS[known.effect],
        start_time=_time_message(known.start),
        end_time=_time_message(known.end),
        weekdays=[dayofweek_pb2.DayOfWeek.Name(day) for day in sorted(known.weekdays)],
        start_date=None if known.first == date.min else date_message(known.first),
        end_date=None if known.after_last == date.max else date_message(known.after_last),
        on_holidays=known.on_holidays,
        note=known.note,
        etag=known.etag,
    )


def holiday_message(day: date, title: str) -> pb.Holiday:
    """Return a holiday as a message."""
    return pb.Holiday(date=date_message(day), display_name=title)


def _time(message: TimeOfDay) -> time:
    return time(message.hours % 24, message.minutes)


def _time_message(clock: time) -> TimeOfDay:
    return TimeOfDay(hours=clock.hour, minutes=clock.minute)
