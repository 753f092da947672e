"""A small invented town for the demo's tests."""

from __future__ import annotations

import random

from fieldwork.v1 import places_pb2

_CATEGORIES = ("restaurant", "cafe", "bar", "hairdresser", "supermarket", "books")


def a_town(count: int = 300) -> list[places_pb2.Premises]:
    """Return premises within a square kilometre of Helsinki, always the same ones."""
    chance = random.Random(7)
    town = []
    for number in range(1, count + 1):
        place = places_pb2.Premises(
            name=f"premises/{number}",
            display_name=f"Place {number}",
            category=_CATEGORIES[number % len(_CATEGORIES)],
            source="osm",
            external_id=f"node/{number}",
        )
        place.address.street, place.address.house_number = "Fredrikinkatu", str(number)
        place.position.latitude = 60.165 + chance.random() * 0.01
        place.position.longitude = 24.935 + chance.random() * 0.02
        town.append(place)
    return town
