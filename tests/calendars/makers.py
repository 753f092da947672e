"""Bookings, services and places to write about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.booking import Booking, BookingState, Customer, Source
from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.geography import Position
from server.domain.organisation import Address, Premises, TravelMode
from server.domain.resource_day import StopKind
from server.domain.route import Leg, Route, RouteStop
from server.domain.spans import Span
from server.usecases.outgoing import Authority, Subject

HELSINKI = ZoneInfo("Europe/Helsinki")
TEN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AUTHORITY = Authority("City of Helsinki, Environmental Health", "bookings@city.example")
NASTY = [
    "line one\r\nBEGIN:VEVENT\r\nSUMMARY:injected\r\nEND:VEVENT",
    "a\nATTENDEE:mailto:evil@example.com",
    "a\rMETHOD:PUBLISH",
    "semi;colon,comma\\backslash:colon\"quote'",
    "x" * 3000,
    "\N{PILE OF POO}\N{FAMILY}" * 60,
    "\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "nul\x00bell\x07escape\x1b[31mred\x85next\u2028line\u2029para\x0btab\t",
    "{{ 7 * 7 }} {% raw %} <script>alert(1)</script> & <b>",
    "%s %n {0} $HOME `id`",
    "\ud800 lone surrogate",
    "END:VCALENDAR",
]


def a_service(**changes: Any) -> Service:
    service = Service(
        "food-consultation", "Food safety consultation", 60, ((),), Place.ON_SITE, PromiseKind.WINDOW, 120, 120
    )
    return replace(service, **changes)


def a_premises(**changes: Any) -> Premises:
    address = Address("4", "Aleksanterinkatu", "00100", "Helsinki")
    return replace(Premises(17, "osm", "n1", "Café Esplanad", "cafe", address, Position(60_168_000, 24_946_000)), **changes)


def a_booking(**changes: Any) -> Booking:
    booking = Booking(
        id=12345678901,
        service="food-consultation",
        premises=17,
        promise=Span(TEN, TEN + timedelta(hours=2)),
        customer=Customer("Aino Virtanen", "+358401234567", "aino@example.com"),
        state=BookingState.CONFIRMED,
        source=Source.STAFF,
        creator="desk",
        created=NOW,
        visit=5,
        calendar_uid="abc@fieldwork",
    )
    return replace(booking, **changes)


def a_subject(**changes: Any) -> Subject:
    return replace(Subject(a_booking(), a_service(), a_premises(), HELSINKI), **changes)


def an_exact_subject(**changes: Any) -> Subject:
    service = a_service(promise_kind=PromiseKind.EXACT, window_minutes=0)
    return a_subject(service=service, booking=a_booking(promise=Span(TEN, TEN + timedelta(seconds=1)), **changes))


def a_stop(**changes: Any) -> RouteStop:
    stop = RouteStop(
        StopKind.STOP, Leg(600), TEN - timedelta(minutes=10), TEN, TEN + timedelta(hours=1), "Café Esplanad",
        visit=5, service="food", premises=17, address=a_premises().address, position=a_premises().position,
        access_note="Ring at the back door", customer_name="Aino Virtanen",
    )  # fmt: skip
    return replace(stop, **changes)


def a_route(*stops: RouteStop, **changes: Any) -> Route:
    shift = Span(TEN - timedelta(hours=2), TEN + timedelta(hours=6))
    route = Route(
        "anna", "Anna (synthetic)", date(2026, 11, 23), "Europe/Helsinki", shift, a_premises().position,
        TravelMode.FOOT, stops, None, 3,
    )  # fmt: skip
    return replace(route, **changes)
