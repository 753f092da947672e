"""Reading recurrence rules and local times as RFC 5545 writes them."""

from __future__ import annotations

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

from server.domain.errors import InvalidField
from server.domain.recurrence_rule import Frequency, NthWeekday, RecurrenceRule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
MOST_OCCURRENCES = 400
LONGEST_INTERVAL = 366
LAST_TIME = time(23, 59, 59)
_TIME = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")


def parse(text: str, zone: ZoneInfo) -> RecurrenceRule:
    """Return the rule of an RRULE's value such as "FREQ=WEEKLY;BYDAY=WE;COUNT=12", or refuse it with what is wrong.

    It must end: with COUNT, or with UNTIL (a date, a local time, or an instant that ends in Z).
    """
    parts = _parts(text)
    rule = RecurrenceRule(
        _frequency(parts),
        interval=_number(parts, "INTERVAL", 1, 1, LONGEST_INTERVAL),
        count=_number(parts, "COUNT", 0, 1, MOST_OCCURRENCES),
        until=_until(parts["UNTIL"], zone) if "UNTIL" in parts else None,
        weekdays=tuple(_weekday(item) for item in _items(parts, "BYDAY")),
        month_days=_numbers(parts, "BYMONTHDAY", 31),
        months=_numbers(parts, "BYMONTH", 12, signed=False),
        positions=_numbers(parts, "BYSETPOS", 366),
        week_start=_plain_weekday("WKST", parts.get("WKST", "MO")),
    )
    _check(rule, parts)
    return rule


def _refused(why: str) -> InvalidField:
    return InvalidField.of("rrule", why)


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for item in text.upper().removeprefix("RRULE:").split(";"):
        name, sign, value = item.partition("=")
        if name not in PARTS or not sign or not value:
            raise _refused(f"{item[:40]!r} is not a part that is understood here: take some of {', '.join(PARTS)}")
        if name in parts:
            raise _refused(f"{name} stands there twice")
        parts[name] = value
    return parts


def _frequency(parts: dict[str, str]) -> Frequency:
    try:
        return Frequency[parts.get("FREQ", "")]
    except KeyError as error:
        choices = ", ".join(one.value for one in Frequency)
        raise _refused(f"FREQ is {parts.get('FREQ', '')[:40]!r}: take one of {choices}") from error


def _items(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _whole(name: str, text: str) -> int:
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        raise _refused(f"{name} has {text[:40]!r}, which is not a whole number")
    return int(text)


def _number(parts: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    if name not in parts:
        return default
    value = _whole(name, parts[name])
    if not low <= value <= high:
        raise _refused(f"{name} is {value}: it must be from {low} to {high}")
    return value


def _numbers(parts: dict[str, str], name: str, high: int, *, signed: bool = True) -> tuple[int, ...]:
    values = tuple(_whole(name, item) for item in _items(parts, name))
    for value in values:
        if not (1 <= value <= high or (signed and -high <= value <= -1)):
            raise _refused(
                f"{name} has {value}: it must be from 1 to {high}" + (", or as much from the end" if signed else "")
            )
    return values


def _weekday(item: str) -> NthWeekday:
    nth = item[:-2]
    return NthWeekday(_plain_weekday("BYDAY", item[-2:]), _whole("BYDAY", nth) if nth else 0)


def _plain_weekday(name: str, code: str) -> int:
    if code not in WEEKDAYS:
        raise _refused(f"{name} has {code[:40]!r}, which is no weekday: take one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(code)


def _until(text: str, zone: ZoneInfo) -> datetime:
    """Return the last local time, included: a date stands for all of it, an instant is turned into local time."""
    try:
        found = _read(text)
        if found.tzinfo is not None:
            return found.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise _refused(f"UNTIL is {text[:40]!r}: write it as 20271231, 20271231T170000 or 20271231T150000Z") from error
    return found if "T" in text else datetime.combine(found.date(), LAST_TIME)


def _read(text: str) -> datetime:
    """Return a date (its midnight), a local time without a zone, or an instant; ValueError for anything else."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def local_of(text: str, field: str) -> datetime:
    """Return the local time of a text such as "20261104T090000", in whole minutes, or refuse the field."""
    try:
        local = _read(text)
    except ValueError as error:
        raise InvalidField.of(field, f"{text[:40]!r} is not a local time such as 20261104T090000") from error
    if len(text) != 15 or local.second or local.tzinfo is not None:
        raise InvalidField.of(field, f"{text!r} is not a local time in whole minutes such as 20261104T090000")
    return local


def _check(rule: RecurrenceRule, parts: dict[str, str]) -> None:
    """Refuse parts that RFC 5545 does not let stand together, and a rule without an end."""
    if bool(rule.count) == (rule.until is not None):
        raise _refused("needs an end: either COUNT or UNTIL, and not both")
    numbered = [one for one in rule.weekdays if one.nth]
    if numbered and (
        rule.frequency not in (Frequency.MONTHLY, Frequency.YEARLY)
        or not all(abs(one.nth) <= (5 if rule.frequency is Frequency.MONTHLY or rule.months else 53) for one in numbered)
    ):
        raise _refused(f"BYDAY={parts['BYDAY'][:40]}: a number goes with MONTHLY (to 5) and YEARLY (to 53) only")
    if rule.frequency is Frequency.WEEKLY and rule.month_days:
        raise _refused("BYMONTHDAY does not go with WEEKLY")
    if rule.positions and not (rule.weekdays or rule.month_days or rule.months):
        raise _refused("BYSETPOS needs another BY part to choose from")
