from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from server.calendars import feed
from server.domain.feed import FeedContent
from server.domain.organisation import Address, CaseRef
from server.domain.resource_day import StopKind
from server.domain.route import Route
from server.domain.spans import Span
from tests.calendars.linter import defects
from tests.calendars.makers import NASTY, TEN, a_route, a_stop


def render(officer_name: str, routes: list[Route], private_titles: bool) -> FeedContent:
    return feed.render(officer_name, routes, {"food": "Food inspection"}, private_titles)


def test_every_visit_is_an_event_with_title_place_and_leave_time() -> None:
    content = render("Anna", [a_route(a_stop(promise=Span(TEN, TEN + timedelta(hours=2))))], False)
    assert defects(content.ics) == []
    (event,) = Calendar.from_ical(content.ics).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Food inspection - Café Esplanad"
    assert str(event["LOCATION"]) == "Aleksanterinkatu 4, 00100 Helsinki"
    assert str(event["DESCRIPTION"]) == (
        "Leave at 09:50 (10 min on the way).\nPromised: 10:00-12:00 EET.\nAccess: Ring at the back door"
    )
    assert "Aino" not in content.ics


def test_the_head_says_name_and_how_often_to_come_back() -> None:
    ics = render("Anna", [], False).ics
    assert defects(ics) == []
    assert "X-WR-CALNAME:Fieldwork: Anna\r\n" in ics
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT30M\r\n" in ics


def test_breaks_holds_and_blocked_time_are_not_shown() -> None:
    stops = [a_stop(kind=kind) for kind in (StopKind.BREAK, StopKind.HOLD, StopKind.BLOCKED)]
    assert "VEVENT" not in render("Anna", [a_route(*stops)], False).ics


def test_a_private_feed_says_busy_and_nothing_else_about_unannounced_work() -> None:
    ics = render("Anna", [a_route(a_stop(unannounced=True, case=CaseRef("cases", "C-77")))], True).ics
    assert "SUMMARY:Busy\r\n" in ics
    for word in ("Esplanad", "Aleksanterinkatu", "Food", "door", "C-77", "Leave"):
        assert word not in ics
    assert "SUMMARY:Food" in render("Anna", [a_route(a_stop())], True).ics


def test_the_uid_stays_when_the_visit_moves() -> None:
    moved = a_stop(start=TEN + timedelta(days=1), end=TEN + timedelta(days=1, hours=1))
    uids = {
        str(Calendar.from_ical(render("Anna", [a_route(stop)], False).ics).walk("VEVENT")[0]["UID"])
        for stop in (a_stop(), moved)
    }
    assert len(uids) == 1


def test_the_tag_changes_with_the_stops_and_only_with_them() -> None:
    route = a_route(a_stop())
    tag = render("Anna", [route], False).etag
    assert render("Anna", [replace(route, version=99)], False).etag == tag
    assert render("Anna", [a_route(a_stop(end=TEN + timedelta(hours=2)))], False).etag != tag
    assert tag.startswith('"')


def test_the_stamp_rises_with_the_version() -> None:
    def stamp(version: int) -> str:
        ics = render("Anna", [replace(a_route(a_stop()), version=version)], False).ics
        return next(line for line in ics.split("\r\n") if line.startswith("DTSTAMP"))

    assert stamp(3) < stamp(4) < stamp(70)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_texts_from_outside_add_no_line_and_no_property(text: str) -> None:
    stop = a_stop(display_name=text, service=text, access_note=text, address=Address(street=text), case=CaseRef(text, text))
    ics = render(text, [a_route(stop)], False).ics
    assert defects(ics) == []
    (event,) = Calendar.from_ical(ics).walk("VEVENT")
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "TRANSP", "SUMMARY", "LOCATION", "DESCRIPTION"}


def test_a_remote_stop_is_titled_once() -> None:
    stop = a_stop(kind=StopKind.REMOTE, display_name="Food inspection", address=None)
    ics = render("Anna", [a_route(stop)], False).ics
    assert "SUMMARY:Food inspection\r\n" in ics
    assert "Leave" not in ics
    assert defects(ics) == []
