"""The packed route of a resource-day: a header, then fixed-size rows, little endian.

The rows are the stops of the route, those beside it, and the facts.

Derived from occupancy and rebuildable; kept in the row that is locked anyway, so that deciding needs no second read.
"""

from __future__ import annotations

import struct
from datetime import date

from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.resource_day import Fact, ResourceDay, Stop, StopKind
from server.domain.spans import Span

FORMAT = 2
# Format, mode, base lat, base lon, home id, home travel, stops on the route, facts, seats, stops beside.
_HEADER = struct.Struct("<HBxiiqiHHHH")
_STOP = struct.Struct("<6qBBH12i")
_FACT = struct.Struct("<qii")
SIZES = (_HEADER.size, _STOP.size, _FACT.size)
MODES = (TravelMode.CAR, TravelMode.BICYCLE, TravelMode.FOOT, None)
KINDS = (StopKind.STOP, StopKind.REMOTE, StopKind.BREAK, StopKind.HOLD, StopKind.BLOCKED, StopKind.SESSION)
FIXED, PLACED = 1, 2


def pack(day: ResourceDay) -> bytes:
    """Return the bytes of a day's route."""
    header = _HEADER.pack(
        FORMAT,
        MODES.index(day.mode),
        day.base.lat_e6,
        day.base.lon_e6,
        day.home,
        day.home_travel,
        len(day.stops),
        len(day.facts),
        day.seats,
        len(day.beside),
    )
    stops = b"".join(_pack_stop(stop) for stop in day.everything())
    facts = b"".join(_FACT.pack(fact.overlay, fact.start, fact.end) for fact in day.facts)
    return header + stops + facts


def _pack_stop(stop: Stop) -> bytes:
    flags = (FIXED if stop.fixed else 0) | (PLACED if stop.place else 0)
    place = stop.place or Position(0, 0)
    return _STOP.pack(
        *(stop.occupancy, stop.visit, stop.booking, stop.hold, stop.overlay, stop.session),
        *(KINDS.index(stop.kind), flags, stop.seat),
        *(place.lat_e6, place.lon_e6, stop.work, stop.earliest, stop.latest, stop.start),
        *(stop.before, stop.after, stop.travel, stop.weight, stop.expires, 0),
    )


def unpack(content: bytes, day: date, resource: int, span: Span, seq: int) -> ResourceDay:
    """Return the day whose route those bytes are."""
    version, mode, lat, lon, home, home_travel, stops, facts, seats, beside = _HEADER.unpack_from(content)
    if version != FORMAT:
        raise ValueError(f"route format {version} is not {FORMAT}: another release of the server wrote this database")
    end = _HEADER.size + (stops + beside) * _STOP.size
    everything = tuple(_stop(row) for row in _STOP.iter_unpack(content[_HEADER.size : end]))
    return ResourceDay(
        day=day,
        resource=resource,
        span=span,
        seq=seq,
        base=Position(lat, lon),
        mode=MODES[mode],
        stops=everything[:stops],
        facts=tuple(Fact(*row) for row in _FACT.iter_unpack(content[end : end + facts * _FACT.size])),
        home=home,
        home_travel=home_travel,
        seats=seats,
        beside=everything[stops:],
    )


def _stop(row: tuple[int, ...]) -> Stop:
    (occupancy, visit, booking, hold, overlay, session, kind, flags, seat, lat, lon, *rest) = row
    work, earliest, latest, start, before, after, travel, weight, expires, _ = rest
    return Stop(
        occupancy=occupancy,
        kind=KINDS[kind],
        place=Position(lat, lon) if flags & PLACED else None,
        work=work,
        earliest=earliest,
        latest=latest,
        start=start,
        before=before,
        after=after,
        travel=travel,
        weight=weight,
        visit=visit,
        booking=booking,
        hold=hold,
        overlay=overlay,
        fixed=bool(flags & FIXED),
        expires=expires,
        session=session,
        seat=seat,
    )
