"""What no request may contain, whatever the rpc: values that the types allow and nobody means.

NUL characters, NaN and infinity, timestamps outside 1970 .. 2200, dates that do not exist, intervals without an end or
that end before they start.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from server.domain.errors import Violation

_FIRST_SECOND = 0
_LAST_SECOND = 7_258_118_400
"""2200-01-01T00:00:00Z."""
_YEARS = range(1970, 2200)

_FLOATS = frozenset({FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT})


def defects(message: Message, path: str = "") -> Iterator[Violation]:
    """Yield every field of a message, nested ones included, that has such a value; `path` is that of the message."""
    special = _SPECIAL.get(message.DESCRIPTOR.full_name)
    if special is not None:
        yield from special(message, path)
    for field, value in message.ListFields():
        name = f"{path}.{field.name}" if path else field.name
        if field.is_repeated:
            for index, item in enumerate(value):
                yield from _of_value(field, item, f"{name}[{index}]")
        else:
            yield from _of_value(field, value, name)


def _of_value(field: FieldDescriptor, value: Any, name: str) -> Iterator[Violation]:
    if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        yield from defects(value, name)
    elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        if "\0" in value if isinstance(value, str) else False:
            yield Violation(name, "contains a NUL character: take it out")
    elif field.cpp_type in _FLOATS and not math.isfinite(value):
        yield Violation(name, f"is {value}: give a finite number")


def _timestamp(message: Any, path: str) -> Iterator[Violation]:
    if not _FIRST_SECOND <= message.seconds < _LAST_SECOND:
        yield Violation(
            path, f"{message.seconds} s is not an instant of the years 1970 to 2199 (seconds, not milliseconds?)"
        )
    if not 0 <= message.nanos <= 999_999_999:
        yield Violation(f"{path}.nanos", f"{message.nanos} is not in 0 .. 999999999")


def _date(message: Any, path: str) -> Iterator[Violation]:
    text = f"{message.year:04}-{message.month:02}-{message.day:02}"
    try:
        real = date(message.year, message.month, message.day).year in _YEARS
    except (ValueError, OverflowError):
        real = False
    if not real:
        yield Violation(path, f"{text} is not a date: give a year (1970 to 2199), a month and a day that exists")


def _interval(message: Any, path: str) -> Iterator[Violation]:
    missing = [end for end in ("start_time", "end_time") if not message.HasField(end)]
    for end in missing:
        yield Violation(f"{path}.{end}", "is missing: an interval needs start_time and end_time")
    if not missing and _moment(message.start_time) >= _moment(message.end_time):
        yield Violation(path, "does not end after it starts: intervals are half-open, start_time < end_time")


def _moment(timestamp: Any) -> tuple[int, int]:
    return timestamp.seconds, timestamp.nanos


_SPECIAL: dict[str, Callable[[Any, str], Iterator[Violation]]] = {
    "google.protobuf.Timestamp": _timestamp,
    "google.type.Date": _date,
    "google.type.Interval": _interval,
}
