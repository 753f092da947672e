"""`python -m server import KIND FILE`: readers and the store joined, with a report of what was refused and why."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.commands import NewBooking, NewShift, SlotChoice
from server.domain.errors import DomainError
from server.domain.organisation import Officer
from server.domain.paging import LARGEST_SIZE, Page
from server.imports.bookings import read_bookings
from server.imports.known import Known
from server.imports.officers import read_officers
from server.imports.rosters import read_rosters
from server.imports.services import read_services
from server.imports.shifts import read_shifts
from server.imports.table import Reading, UnreadableFile
from server.imports.teams import read_teams
from server.imports.visits import read_visits
from server.places.city import BadExtract, read_city
from server.settings import Settings
from server.setup.failure import SetupError
from server.setup.migrate import must_be_migrated
from server.setup.ready import database_url
from server.usecases.ports import Transaction
from server.wiring import Application, build

DONE, REFUSED = 0, 1


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: figures for programs, a line for people, what was refused in words, and what to do about it."""

    figures: dict[str, Any]
    summary: str
    refused: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Fared:
    """How the rows that could be read fared: written or replaced, known from an earlier import, refused by the store."""

    written: int
    known: int = 0
    refused: tuple[str, ...] = ()


def run(settings: Settings, kind: str, file: str, *, patches: str, partial: bool, as_json: bool) -> int:
    """Import one file; exit code 1 when something was refused. Without `partial` a refused row leaves the file out whole."""
    try:
        application = build(settings, must_be_migrated(database_url(settings)))
        report = (
            _city(application, settings, file, patches)
            if kind == "city"
            else _file(application, settings, kind, file, partial)
        )
    except (SetupError, BadExtract, UnreadableFile, DomainError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return REFUSED
    if as_json:
        print(json.dumps({**report.figures, "refused": report.refused}))  # noqa: T201
    else:
        _tell(report)
    return REFUSED if report.refused else DONE


def _tell(report: Report) -> None:
    for line in report.refused:
        print(f"refused: {line}", file=sys.stderr)  # noqa: T201
    if report.advice:
        print(report.advice, file=sys.stderr)  # noqa: T201
    print(report.summary)  # noqa: T201


def _city(application: Application, settings: Settings, file: str, patches: str) -> Report:
    began, last = time.monotonic(), [0.0]

    def progress(step: str, done: int, total: int) -> None:
        spent = time.monotonic() - began
        if spent - last[0] >= 1:
            last[0] = spent
            share = f" {100 * done // total} %" if total else ""
            print(f"==> {step}{share} ({spent:.0f} s)", file=sys.stderr, flush=True)  # noqa: T201

    city = read_city(file, patches, settings.home / "downloads", progress)
    application.importing.city(city.records)
    counts = {
        "premises": len(city.records.premises),
        "addresses": len(city.records.addresses),
        "patches": len(city.records.patches),
        "roads": city.streets,
    }
    told = ", ".join(f"{number:,} {what}" for what, number in counts.items())
    more = {"name": city.name, "time_zone": city.time_zone, "road_graph": city.records.roads.version}
    return Report({**counts, **more}, f"{_spoken(city.name)}: {told}")


def _spoken(name: str) -> str:
    """Return the name of an extract's file as people write a place's: lower_manhattan is Lower Manhattan."""
    return name.replace("_", " ").replace("-", " ").title() if name == name.lower() else name


def _file(application: Application, settings: Settings, kind: str, file: str, partial: bool) -> Report:
    with application.store.begin() as tx:
        known = _known(tx, settings.region)
    reading: Reading[Any] = _READERS[kind](Path(file), known)
    unreadable = tuple(str(refusal) for refusal in reading.refusals)
    if unreadable and not partial:
        advice = "nothing was imported: correct the file, or take the good rows with --partial"
        return _report(kind, Fared(0), unreadable, advice)
    fared = _WRITERS[kind](application, reading.rows)
    return _report(kind, fared, (*unreadable, *fared.refused))


def _report(kind: str, fared: Fared, refused: tuple[str, ...], advice: str = "") -> Report:
    what = "shifts" if kind == "rosters" else kind
    figures = {what: fared.written, "known": fared.known}
    said = [f"{fared.written:,} {what}"]
    if fared.known:
        said.append(f"{fared.known:,} known already")
    if refused:
        said.append(f"{len(refused):,} refused")
    return Report(figures, ", ".join(said), refused, advice)


def _known(tx: Transaction, region: str) -> Known:
    now = datetime.now(UTC)
    everyone = tx.organisation.everyone(now.date())
    services = tx.services.listing(Page(LARGEST_SIZE), public_only=False).items
    teams = tx.organisation.teams(Page(LARGEST_SIZE)).items
    premises = tx.imports.premises_ids()
    return Known(
        now=now,
        teams={team.code: ZoneInfo(team.zone) for team in teams},
        officers={officer.code: ZoneInfo(officer.zone) for officer in everyone},
        services={service.code: service for service in services},
        premises=lambda source, external_id: premises.get((source, external_id)),
        region=region,
    )


_READERS: dict[str, Callable[[Path, Known], Reading[Any]]] = {
    "services": lambda path, _: read_services(path),
    "teams": lambda path, _: read_teams(path),
    "officers": read_officers,
    "shifts": read_shifts,
    "rosters": read_rosters,
    "visits": read_visits,
    "bookings": read_bookings,
}


def _write_services(application: Application, rows: Sequence[Any]) -> Fared:
    application.importing.services(rows)
    return Fared(len(rows))


def _write_teams(application: Application, rows: Sequence[Any]) -> Fared:
    application.importing.teams([(row.code, row.name, row.zone.key) for row in rows])
    return Fared(len(rows))


def _write_officers(application: Application, rows: Sequence[Any]) -> Fared:
    application.importing.officers(
        [Officer(0, row.code, row.name, row.team, "", row.base, row.mode, row.skills) for row in rows]
    )
    return Fared(len(rows))


def _write_shifts(application: Application, rows: Sequence[Any]) -> Fared:
    shifts = [NewShift(row.officer, row.day, row.span, row.break_seconds, row.break_within) for row in rows]
    done = application.importing.shifts(shifts)
    refused = tuple(f"line {rows[i].line}, {rows[i].day} {rows[i].officer}: {why}" for i, why in done.left_out)
    return Fared(done.written, done.known, refused)


def _write_visits(application: Application, rows: Sequence[Any]) -> Fared:
    done = application.importing.visits([row.visit for row in rows])
    return Fared(done.written, done.known)


def _write_bookings(application: Application, rows: Sequence[Any]) -> Fared:
    refused, known = [], 0
    for row in rows:
        choice = SlotChoice(row.service, row.premises, row.promise.start, row.officer)
        new = NewBooking(None, choice, row.customer, row.case, row.note)
        taken = application.importing.booking(row.line, row.external_id, choice, row.promise, new)
        known += taken.known
        if taken.refused:
            refused.append(f"line {row.line}, external_id {row.external_id!r}: {taken.refused}")
    return Fared(len(rows) - known - len(refused), known, tuple(refused))


_WRITERS: dict[str, Callable[[Application, Sequence[Any]], Fared]] = {
    "services": _write_services,
    "teams": _write_teams,
    "officers": _write_officers,
    "shifts": _write_shifts,
    "rosters": _write_shifts,
    "visits": _write_visits,
    "bookings": _write_bookings,
}
