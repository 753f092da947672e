"""Telling latitude and longitude apart where both orders name a place on Earth."""

from gis.distance import distance_metres
from gis.model import LatLng

_SAME_REGION_METRES = 300_000.0


def looks_swapped(place: LatLng, near: LatLng) -> bool:
    """Whether the place lies far from `near` as given, but close to it with both numbers exchanged."""
    if abs(place.lon) > 90 or distance_metres(place, near) <= _SAME_REGION_METRES:
        return False
    return distance_metres(LatLng(place.lon, place.lat), near) <= _SAME_REGION_METRES
