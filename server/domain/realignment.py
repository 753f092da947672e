"""What has to be written so that the days of one officer or resource say what its rules and facts say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from server.domain.facts import Overlay, RecordedFact
from server.domain.opening import Timetable
from server.domain.resource_day import ResourceDay
from server.domain.roster import Frame, Origin, Rostered, Standing, frames, reframed
from server.domain.spans import Span

CLOSED = "closed"
"""The kind of an overlay that the opening rules made."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Everything that decides about the days of `who` that end after some instant, and what was made of it so far."""

    who: Rostered
    standing: Mapping[date, Standing]
    timetable: Timetable
    facts: Sequence[RecordedFact]
    overlays: Sequence[Overlay]


@dataclass(frozen=True, slots=True)
class Realigned:
    """The days as they shall be, without blocked pieces: those that exist, those that come, and the dates that go.

    Overlays that come have the ids that `new_id` gave; `moved` ones are closed at another time than before.
    """

    days: Mapping[date, ResourceDay]
    new: tuple[ResourceDay, ...]
    gone: tuple[date, ...]
    added: tuple[Overlay, ...]
    moved: tuple[Overlay, ...]
    dropped: tuple[int, ...]


def realigned(recorded: Recorded, dates: Iterable[date], now: datetime, new_id: Callable[[], int]) -> Realigned:
    """Return what has to be so. Days that are over keep their opening; facts reach them all the same."""
    wanted = frames(recorded.standing, recorded.timetable, dates, now)
    over = {on: day for on, day in recorded.standing.items() if day.day.span.end <= now}
    spans = [*(frame.span for frame in wanted.values()), *(day.day.span for day in over.values())]
    closed = _closed(recorded, wanted.values(), [day.day.span for day in over.values()], new_id)
    of_facts = _of_facts(recorded, spans, new_id)
    every = [*closed, *of_facts]
    known = {overlay.id: overlay for overlay in recorded.overlays}
    whens = [(overlay.id, overlay.span) for overlay in every]
    days = {on: reframed(day.day, recorded.who, day.day.span, whens) for on, day in over.items()}
    new = list[ResourceDay]()
    for on, frame in wanted.items():
        if on in recorded.standing:
            days[on] = reframed(recorded.standing[on].day, recorded.who, frame.span, whens)
        else:
            new.append(reframed(recorded.who.new_day(on, frame.span), recorded.who, frame.span, whens))
    return Realigned(
        days={on: _as_it_was(recorded.standing[on].day, day) for on, day in days.items()},
        new=tuple(new),
        gone=tuple(on for on, day in recorded.standing.items() if on not in days and day.origin is Origin.RULE),
        added=tuple(overlay for overlay in every if overlay.id not in known),
        moved=tuple(overlay for overlay in every if overlay.id in known and overlay != known[overlay.id]),
        dropped=tuple(sorted(known.keys() - {overlay.id for overlay in every})),
    )


def _closed(recorded: Recorded, wanted: Iterable[Frame], over: Sequence[Span], new_id: Callable[[], int]) -> list[Overlay]:
    """Return the overlays of the opening rules; one that is closed as before keeps its id."""
    own = [overlay for overlay in recorded.overlays if not overlay.fact]
    known = {overlay.span: overlay for overlay in own}
    kept = [overlay for overlay in own if any(overlay.span.overlaps(span) for span in over)]
    pieces = [piece for frame in wanted for piece in frame.closed]
    return kept + [known.get(piece) or Overlay(new_id(), recorded.who.id, piece, CLOSED) for piece in pieces]


def _of_facts(recorded: Recorded, spans: Sequence[Span], new_id: Callable[[], int]) -> list[Overlay]:
    """Return the overlays of the facts: of the own ones always, of a team's or everybody's where they reach a day."""
    known = {overlay.fact: overlay for overlay in recorded.overlays if overlay.fact}
    found = list[Overlay]()
    for fact in recorded.facts:
        if fact.id in known:
            found.append(replace(known[fact.id], span=fact.span, kind=fact.kind.value))
        elif fact.subject == recorded.who.subject or any(span.overlaps(fact.span) for span in spans):
            found.append(Overlay(new_id(), recorded.who.id, fact.span, fact.kind.value, fact.id))
    return found


def _as_it_was(old: ResourceDay, new: ResourceDay) -> ResourceDay:
    """Return the old day where the new one says the same, so that nobody is kept from what did not change."""
    same = (old.span, old.seats, set(old.facts)) == (new.span, new.seats, set(new.facts))
    return old if same else new
