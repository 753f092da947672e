"""An officer's route stops as a calendar (RFC 5545, RFC 7986) that calendar programs subscribe to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from server.calendars.ics import add_times, empty_calendar, written
from server.domain.feed import FeedContent
from server.domain.ids import encode
from server.domain.plain_text import lines, one_line
from server.domain.resource_day import StopKind
from server.domain.route import Route, RouteStop
from server.domain.spans import Span

REFRESH = timedelta(minutes=30)
SHOWN = frozenset({StopKind.STOP, StopKind.REMOTE})


def render(
    officer_name: str, routes: Sequence[Route], service_names: Mapping[str, str], private_titles: bool
) -> FeedContent:
    """Return the calendar of these routes; equal stops give an equal entity tag, whatever the clock says.

    `service_names` are by code. Customers' names stay out: a feed ends up with whoever runs the subscriber's calendar. With
    `private_titles` an unannounced visit is only "Busy".
    """
    calendar = _head(officer_name)
    for route in routes:
        for stop in route.stops:
            if stop.kind in SHOWN:
                calendar.add_component(_event(route, stop, service_names, private_titles))
    ics = written(calendar)
    return FeedContent(ics, f'"{_digest(ics)}"')


def _head(officer_name: str) -> Calendar:
    calendar = empty_calendar()
    name = f"Fieldwork: {one_line(officer_name)}"
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    return calendar


def _event(route: Route, stop: RouteStop, service_names: Mapping[str, str], private_titles: bool) -> Event:
    event = Event()
    event.add("uid", _uid(route, stop))
    add_times(event, Span(stop.start, stop.end), _stamp(route))
    event.add("transp", "OPAQUE")
    if private_titles and stop.unannounced:
        event.add("summary", "Busy")
        event.add("class", "PRIVATE")
        return event
    event.add("summary", _title(stop, service_names))
    if stop.address is not None:
        event.add("location", one_line(stop.address.line()) or one_line(stop.display_name))
    event.add("description", _description(stop, ZoneInfo(route.zone)))
    return event


def _uid(route: Route, stop: RouteStop) -> str:
    """Return the stop's id: that of its visit, so that the event moves where the visit moves."""
    if stop.visit:
        return f"visit-{encode(stop.visit)}-{route.officer}@fieldwork"
    return f"stop-{route.officer}-{stop.start.astimezone(UTC):%Y%m%dT%H%M%SZ}@fieldwork"


def _stamp(route: Route) -> datetime:
    """Return a DTSTAMP that rises with the version of the day and does not know the clock: content stays comparable."""
    first = datetime.combine(route.day, time(0), UTC) - timedelta(days=90)
    return first + timedelta(seconds=route.version)


def _title(stop: RouteStop, service_names: Mapping[str, str]) -> str:
    """Return "Service - Premises"; a remote stop is named after its service, which then stands there once."""
    service = one_line(service_names.get(stop.service, stop.service), 80)
    parts = dict.fromkeys((service, one_line(stop.display_name, 120)))
    return " - ".join(part for part in parts if part) or "Visit"


def _description(stop: RouteStop, zone: ZoneInfo) -> str:
    told = []
    if stop.kind is StopKind.STOP:
        minutes = round(stop.leg.seconds / 60)
        told.append(f"Leave at {stop.leave.astimezone(zone):%H:%M} ({minutes} min on the way).")
    if stop.promise is not None:
        told.append(f"Promised: {_told(stop.promise, zone)}.")
    if stop.case is not None:
        told.append(f"Case: {one_line(stop.case.system)} {one_line(stop.case.external_id)}")
    if stop.access_note:
        told.append(f"Access: {lines(stop.access_note)[:1000]}")
    return "\n".join(told)


def _told(promise: Span, zone: ZoneInfo) -> str:
    start, end = promise.start.astimezone(zone), promise.end.astimezone(zone)
    return f"{start:%H:%M %Z}" if promise.seconds < 60 else f"{start:%H:%M}-{end:%H:%M %Z}"


def _digest(ics: str) -> str:
    content = "\r\n".join(line for line in ics.split("\r\n") if not line.startswith("DTSTAMP"))
    return hashlib.sha256(content.encode()).hexdigest()[:32]
