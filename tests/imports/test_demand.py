"""Services, due visits, and the live bookings of a predecessor system."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.catalogue import Place
from server.domain.organisation import CaseRef
from server.domain.spans import Span
from server.imports.bookings import read_bookings
from server.imports.known import Known
from server.imports.services import read_services
from server.imports.visits import read_visits
from tests.imports.conftest import WriteCsv

SERVICES = "code,name,duration_minutes,place,promise_kind,step_minutes,window_minutes,crew,public"
VISITS = "premises,service,team,weight,due,case_system,case_id"
BOOKINGS = "external_id,service,premises,officer,start,end,customer_name,phone,email,case_system,case_id,note"


def test_a_service_for_two_officers_is_read(write_csv: WriteCsv) -> None:
    reading = read_services(write_csv(SERVICES, "raid,Raid,60,on_site,window,30,120,food:2;licensing:1|,yes"))
    assert reading.refusals == ()
    assert reading.rows[0].crew == ((("food", 2), ("licensing", 1)), ())
    assert reading.rows[0].place is Place.ON_SITE
    assert reading.rows[0].public


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("raid,Raid,60,on_site,window,30,,,", "window_minutes '': 0 does not go with WINDOW"),
        ("raid,Raid,60,on_site,exact,30,60,,", "window_minutes '60': 60 does not go with EXACT"),
        ("raid,Raid,1e9,on_site,exact,30,,,", "duration_minutes '1e9': must be a whole number from 5 to 600"),
        ("raid,Raid,60,moon,exact,30,,,", "place 'moon': must be one of on_site, office, remote"),
        ("raid,Raid,60,on_site,exact,30,,|||||,", "names 6 officers; at most 4"),
        ("raid,Raid,60,on_site,exact,30,,,maybe", "public 'maybe': must be yes or no"),
    ],
)
def test_a_service_that_cannot_be_is_refused(write_csv: WriteCsv, row: str, says: str) -> None:
    assert says in str(read_services(write_csv(SERVICES, row)).refusals[0])


def test_a_due_visit_is_read(write_csv: WriteCsv, known: Known) -> None:
    rows = read_visits(
        write_csv(VISITS, "osm:node/1,consultation,centre,16,2026-12-01,licensing,A 7", "osm:node/1,call,centre,1,,,"),
        known,
    ).rows
    assert rows[0].visit.premises == 17
    assert (rows[0].visit.due, rows[0].visit.case) == (date(2026, 12, 1), CaseRef("licensing", "A 7"))
    assert (rows[1].visit.due, rows[1].visit.case) == (None, None)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("node/1,consultation,centre,16,,,", "premises 'node/1': must be source:external_id"),
        ("osm:node/9,consultation,centre,16,,,", "premises 'osm:node/9': is not known; import the premises first"),
        ("osm:node/1,dance,centre,16,,,", "service 'dance': is not known"),
        ("osm:node/1,consultation,centre,0,,,", "weight '0': must be a whole number from 1 to 10000"),
        ("osm:node/1,consultation,centre,16,,licensing,", "case_id '': is empty while the other"),
        ("osm:node/1,consultation,centre,16,,Big System,7", "case_system 'Big System': must be lower case"),
    ],
)
def test_a_due_visit_that_cannot_be_is_refused(write_csv: WriteCsv, known: Known, row: str, says: str) -> None:
    assert says in str(read_visits(write_csv(VISITS, row), known).refusals[0])


def test_a_live_booking_is_taken_over_with_its_promise(write_csv: WriteCsv, known: Known) -> None:
    rows = read_bookings(
        write_csv(
            BOOKINGS,
            "7,consultation,osm:node/1,anna,2026-11-23 10:00,2026-11-23 13:00,Aino,040 123 4567,aino@example.com,,,",
            "8,consultation,osm:node/1,anna,2026-11-24T10:00:00+02:00,,Aino Aalto,,,,,hello",
            "9,call,,anna,2026-11-24 14:15,,Aino Aalto,,,,,",
        ),
        known,
    ).rows
    eight = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert rows[0].promise == Span(eight, eight + timedelta(hours=3))
    assert (rows[0].customer.phone, rows[0].customer.email) == ("+358401234567", "aino@example.com")
    assert rows[1].promise == Span(eight + timedelta(days=1), eight + timedelta(days=1, hours=2))
    assert (rows[2].premises, rows[2].promise.seconds) == (0, 1)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("7,consultation,osm:node/1,anna,2026-11-23 10:00,2026-11-23 09:00,A,,,,,", "is not after start"),
        ("7,consultation,osm:node/1,anna,2026-11-19 10:00,,A,,,,,", "is past; only bookings still to come"),
        ("7,consultation,osm:node/1,anna,2027-03-28 03:30,,A,,,,,", "does not exist on 2027-03-28"),
        ("7,consultation,osm:node/1,anna,soon,,A,,,,,", "start 'soon': is no time"),
        ("7,consultation,,anna,2026-11-23 10:00,,A,,,,,", "premises '': is empty"),
        ("7,consultation,osm:node/1,anna,2026-11-23 10:00,,,,,,,", "customer_name '': is empty"),
        ("7,consultation,osm:node/1,anna,2026-11-23 10:00,,A,call me,,,,", "phone 'call me': is no telephone number"),
        ("7,consultation,osm:node/1,anna,2026-11-23 10:00,,A,,nobody,,,", "email 'nobody': is no e-mail address"),
        ("7,consultation,osm:node/1,anna,2026-11-23 10:00,2026-11-25 10:00,A,,,,,", "15 minutes to 10 hours"),
    ],
)
def test_a_booking_that_cannot_be_is_refused(write_csv: WriteCsv, known: Known, row: str, says: str) -> None:
    assert says in str(read_bookings(write_csv(BOOKINGS, row), known).refusals[0])
