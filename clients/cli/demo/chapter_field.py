"""Chapter 4: a customer books into the published day; the officer's phone and calendar."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from fieldwork.v1 import calendars_pb2, routes_pb2
from icalendar import Calendar

from clients.cli import tables
from clients.cli.demo.chapter_booking import book_as_staff
from clients.cli.demo.chapter_planning import routes_of
from clients.cli.demo.desk import Desk, clock
from clients.cli.demo.scene import Booked, City, Night, Staff, hold
from clients.cli.demo.stage import Stage, free_port
from clients.cli.words import minutes

_VISITS = (routes_pb2.Stop.KIND_VISIT, routes_pb2.Stop.KIND_REMOTE)


def book_into_the_day(stage: Stage, desk: Desk, city: City, staff: Staff, night: Night) -> Booked:
    """Book a second customer into the published routes and tell what moved."""
    booked, offer = book_as_staff(stage, desk, city)
    after = routes_of(desk, city, staff)
    stops = [stop for route in after for stop in route.stops if stop.booking == booked.booking.name]
    hold(len(stops) == 1, "the new booking is on one route")
    before, now = (sum(route.travel_seconds for route in routes) for routes in (night.routes, after))
    moved, gone = _changes(night.routes, after)
    stage.voice.say(
        f"    {offer.officer.removeprefix('officers/')} is there at {clock(stops[0].start_time, city.zone)}; "
        f"{moved} stops moved by minutes inside their promises, {gone} went back to the list; "
        f"travel of the day changed by {minutes(now - before)}"
    )
    return booked


def _changes(before: Sequence[routes_pb2.Route], after: Sequence[routes_pb2.Route]) -> tuple[int, int]:
    """Return how many visits have another minute, and how many are on no route any more."""
    old, new = (
        {stop.visit: stop.start_time.seconds for route in routes for stop in route.stops if stop.visit}
        for routes in (before, after)
    )
    return sum(1 for visit in old.keys() & new.keys() if old[visit] != new[visit]), len(old.keys() - new.keys())


def phone_and_calendar(stage: Stage, desk: Desk, city: City, night: Night, out: Path) -> str:
    """Fetch a route as the officer's phone does, and the calendar as its program does; return the feed's address."""
    busiest = max(night.routes, key=lambda route: len(route.stops))
    code = busiest.officer.removeprefix("officers/")
    client = desk.as_("officer", code)
    name = f"{busiest.officer}/routes/{city.day}"
    route = client.routes.GetRoute(routes_pb2.GetRouteRequest(name=name, with_geometry=True))
    stage.voice.show(tables.route(route, city.zone))
    visits = [stop for stop in route.stops if stop.kind in _VISITS]
    hold(visits, f"the phone of {code} shows visits")
    feed = client.calendars.CreateFeed(
        calendars_pb2.CreateFeedRequest(feed=calendars_pb2.Feed(officer=busiest.officer, private_titles=True))
    )
    address, ics = _subscribe(stage, desk, feed.token)
    path = out / f"{code}.ics"
    path.write_bytes(ics)
    _must_show(ics, visits)
    stage.voice.say(f"    the calendar feed shows all {len(visits)} visits: {path}")
    return address


def _subscribe(stage: Stage, desk: Desk, token: str) -> tuple[str, bytes]:
    """Start the web process and read the feed from it twice, unchanged the second time; return its address and text."""
    port = free_port()
    stage.environment["FIELDWORK_SERVER"] = desk.target
    stage.environment["FIELDWORK_WEB_TOKEN"] = desk.token("worker")
    stage.web(port)
    stage.until(lambda: _get(f"http://127.0.0.1:{port}/healthz")[0] == 200, "the start of the web process", 30)
    url = f"http://127.0.0.1:{port}/feeds/{token}.ics"
    status, etag, ics = _get(url)
    hold(status == 200, f"the calendar feed is there, not HTTP {status}")
    hold(_get(url, etag)[0] == 304, "an unchanged feed is not sent twice")
    return url, ics


def _get(url: str, etag: str = "") -> tuple[int, str, bytes]:
    """Return status, entity tag and body; status 0 when nobody answers."""
    request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})  # noqa: S310 - loopback
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.status, answer.headers.get("ETag", ""), answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, "", b""
    except OSError:
        return 0, "", b""


def _must_show(ics: bytes, visits: Sequence[routes_pb2.Stop]) -> None:
    starts = {event.decoded("dtstart") for event in Calendar.from_ical(ics).walk("VEVENT")}
    missing = [stop.display_name for stop in visits if stop.start_time.ToDatetime(tzinfo=UTC) not in starts]
    hold(not missing, f"the calendar feed shows every visit; missing: {', '.join(missing[:3])}")
    hold(all(isinstance(start, datetime) for start in starts), "the feed's events have times")
