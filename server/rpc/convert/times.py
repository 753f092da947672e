"""Instants, intervals and dates. Requests have passed the hygiene check, so nothing here can be out of range."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.interval_pb2 import Interval

from server.domain.errors import InvalidField
from server.domain.spans import Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(moment: datetime) -> Timestamp:
    """Return an aware instant as a message."""
    since = moment - _EPOCH
    return Timestamp(seconds=since.days * 86400 + since.seconds, nanos=since.microseconds * 1000)


def instant(message: Timestamp) -> datetime:
    """Return the instant in UTC; fractions of a microsecond are dropped."""
    return _EPOCH + timedelta(seconds=message.seconds, microseconds=message.nanos // 1000)


def interval(span: Span) -> Interval:
    """Return a span as a message."""
    return Interval(start_time=timestamp(span.start), end_time=timestamp(span.end))


def span(message: Interval) -> Span:
    """Return the half-open span of an interval."""
    return Span(instant(message.start_time), instant(message.end_time))


def bounded_span(message: Interval, days: int, field: str) -> Span:
    """Return the span of an interval, or refuse one that is longer than `days`, naming `field`."""
    found = span(message)
    if found.end - found.start > timedelta(days=days):
        raise InvalidField.of(field, f"is longer than {days} days: ask for less at a time")
    return found


def date_message(day: date) -> Date:
    """Return a date as a message."""
    return Date(year=day.year, month=day.month, day=day.day)


def local_date(message: Date) -> date:
    """Return the date."""
    return date(message.year, message.month, message.day)


def date_range(first: Date, after_last: Date, days: int) -> tuple[date, date]:
    """Return the dates `start_date` and `end_date` of a request, half-open, or refuse them."""
    start, end = local_date(first), local_date(after_last)
    if not start < end:
        raise InvalidField.of("end_date", f"{end} is not after start_date {start}; it is the date after the last")
    if end - start > timedelta(days=days):
        raise InvalidField.of("end_date", f"{end} is more than {days} days after start_date: ask for less at a time")
    return start, end
