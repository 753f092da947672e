"""Live bookings of a predecessor system.

external_id is that system's own id and keeps a second import from booking twice. start .. end is the promised window of
a WINDOW service (an empty end: as long as the service says); for an EXACT service start is the promised minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from server.domain.booking import Customer
from server.domain.catalogue import PromiseKind, Service
from server.domain.organisation import CaseRef
from server.domain.spans import Span
from server.imports.cells import BadCell, Cells
from server.imports.clock_time import moment
from server.imports.known import Known
from server.imports.table import Columns, Reading, read_table
from server.imports.visits import premises_of

COLUMNS = Columns(
    ("external_id", "service", "officer", "start", "customer_name"),
    ("premises", "end", "phone", "email", "case_system", "case_id", "note"),
)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking to take over; `premises` is 0 for a remote service."""

    line: int
    external_id: str
    service: str
    premises: int
    officer: str
    promise: Span
    customer: Customer
    case: CaseRef | None
    note: str


def read_bookings(path: Path, known: Known) -> Reading[BookingRow]:
    """Return the bookings of a file with `COLUMNS`; local times are in the zone of the officer's team."""

    def row(cells: Cells) -> BookingRow:
        service = known.services[cells.one_of("service", known.services, "import it first (fieldwork import services)")]
        officer = cells.one_of("officer", known.officers, "import the officer first (fieldwork import officers)")
        return BookingRow(
            cells.line,
            cells.text("external_id", 100),
            service.code,
            _premises(cells, service, known),
            officer,
            _promise(cells, service, officer, known),
            _customer(cells, known),
            cells.case(),
            cells.text("note", 2000, needed=False),
        )

    return read_table(path, COLUMNS, row, lambda row: row.external_id, "external_id")


def _premises(cells: Cells, service: Service, known: Known) -> int:
    if service.remote and not cells.text("premises", 300, needed=False):
        return 0
    return premises_of(cells, known)


def _promise(cells: Cells, service: Service, officer: str, known: Known) -> Span:
    start = moment(cells, "start", known.officers[officer])
    if start < known.now:
        raise BadCell("start", cells.text("start", 40), "is past; only bookings still to come are taken over")
    end = moment(cells, "end", known.officers[officer]) if cells.text("end", 40, needed=False) else None
    if end is not None and end <= start:
        raise BadCell("end", cells.text("end", 40), "is not after start; a span ends after it starts")
    return _window(start, end) if end and service.promise_kind is PromiseKind.WINDOW else service.promise(start)


def _window(start: datetime, end: datetime) -> Span:
    if not 15 * 60 <= (end - start).total_seconds() <= 600 * 60:
        raise BadCell("end", end.isoformat(), "a promised window is 15 minutes to 10 hours long")
    return Span(start, end)


def _customer(cells: Cells, known: Known) -> Customer:
    return Customer(cells.text("customer_name"), _phone(cells, known.region), _email(cells))


def _phone(cells: Cells, region: str | None) -> str:
    text = cells.text("phone", 40, needed=False)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as wrong:
        raise BadCell("phone", text, "is no telephone number; write it as +358401234567") from wrong
    if not phonenumbers.is_possible_number(number):
        raise BadCell("phone", text, "is no possible telephone number; write it as +358401234567")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(cells: Cells) -> str:
    text = cells.text("email", 254, needed=False)
    if not text:
        return ""
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        raise BadCell("email", text, f"is no e-mail address ({wrong})") from wrong
