"""The demo's clients: one connection per role, each with a token of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fieldwork.v1 import places_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2, interval_pb2

from clients.cli import server_command
from clients.python.client import Client


class Desk:
    """Hands out clients that act as somebody. Close it, or use it in a `with` block."""

    def __init__(self, target: str, environment: Mapping[str, str]) -> None:
        self.target = target
        self._environment = environment
        self._open = ExitStack()
        self._clients: dict[tuple[str, str], Client] = {}

    def token(self, role: str, officer: str = "") -> str:
        """Return a demo token."""
        arguments = ["token", "--role", role, "--principal", officer or f"demo-{role.replace('_', '-')}"]
        return server_command.ask([*arguments, *(["--officer", officer] if officer else [])], self._environment)

    def as_(self, role: str, officer: str = "") -> Client:
        """Return the client of that role, for an officer that of the officer."""
        if (role, officer) not in self._clients:
            client = Client(self.target, self.token(role, officer))
            self._open.callback(client.close)
            self._clients[role, officer] = client
        return self._clients[role, officer]

    def close(self) -> None:
        """Close every connection."""
        self._open.close()


def all_premises(client: Client) -> Iterator[places_pb2.Premises]:
    """Yield every premises, page by page."""
    token = ""
    while True:
        page = client.places.ListPremises(places_pb2.ListPremisesRequest(page_size=500, page_token=token))
        yield from page.premises
        token = page.next_page_token
        if not token:
            return


def proto_date(day: date) -> date_pb2.Date:
    """Return a date as a message."""
    return date_pb2.Date(year=day.year, month=day.month, day=day.day)


def day_interval(day: date, zone: ZoneInfo) -> interval_pb2.Interval:
    """Return the instants of a local date, half-open."""
    return interval_pb2.Interval(start_time=_midnight(day, zone), end_time=_midnight(day + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.combine(day, time(0), zone).astimezone(UTC))
    return stamp


def clock(moment: Timestamp, zone: ZoneInfo) -> str:
    """Return an instant as hours and minutes of the zone."""
    return f"{moment.ToDatetime(tzinfo=UTC).astimezone(zone):%H:%M}"


def window(interval: interval_pb2.Interval, zone: ZoneInfo) -> str:
    """Return an interval as two local times."""
    return f"{clock(interval.start_time, zone)}-{clock(interval.end_time, zone)}"
