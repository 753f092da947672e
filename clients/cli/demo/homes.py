"""Where the officers' days start: invented homes at real doors, spread over the city, and one office in its middle."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fieldwork.v1 import places_pb2

Place = tuple[float, float]
"""Latitude and longitude."""

_OUT = 0.1
"""The share of premises that lies farther out than the homes, on each side."""


def office(premises: Sequence[places_pb2.Premises]) -> Place:
    """Return the door nearest to the middle of all premises, so that a road leads there."""
    return min(_doors(premises), key=lambda door: metres(_at(premises, 0.5, 0.5), door))


def homes(premises: Sequence[places_pb2.Premises], count: int) -> list[Place]:
    """Return so many different doors in a ring around the office; the same ones whatever the order of the premises."""
    doors = sorted(set(_doors(premises)) - {office(premises)})
    found: list[Place] = []
    for number in range(min(count, len(doors))):
        angle = math.tau * (number + 0.5) / count
        wanted = _at(premises, *(0.5 + (0.5 - _OUT) * part for part in (math.sin(angle), math.cos(angle))))
        found.append(min((door for door in doors if door not in found), key=lambda door: metres(wanted, door)))
    return found


def metres(one: Place, other: Place) -> float:
    """Return the distance as the crow flies, within a city."""
    across = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return 111_195 * math.hypot(one[0] - other[0], across)


def _at(premises: Sequence[places_pb2.Premises], north: float, east: float) -> Place:
    """Return the place with these shares (0 to 1) of the premises south and west of it."""
    latitudes = sorted(place.position.latitude for place in premises)
    longitudes = sorted(place.position.longitude for place in premises)
    return latitudes[int(north * (len(latitudes) - 1) + 0.5)], longitudes[int(east * (len(longitudes) - 1) + 0.5)]


def _doors(premises: Sequence[places_pb2.Premises]) -> list[Place]:
    """Return the doors with a full address; where no premises has one, every door."""
    addressed = [place for place in premises if place.address.street and place.address.house_number]
    return [(place.position.latitude, place.position.longitude) for place in addressed or premises]
