"""Who works and what is due: invented, deterministic in its seed, and labelled synthetic wherever it is shown.

The businesses are real (OpenStreetMap); nothing here says anything about them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fieldwork.v1 import places_pb2

from clients.cli.demo.homes import Place, homes, metres, office


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEAM = "centre"
LABEL = "synthetic"
_DEMAND = 1.15
_TRAVEL_MINUTES = 4
_ACROSS_CAR_METRES = 4000.0
_FOOD = _words("""
    restaurant cafe bar pub fast_food food_court ice_cream biergarten canteen supermarket convenience bakery butcher
    seafood greengrocer deli confectionery pastry chocolate cheese coffee tea kiosk kindergarten school hotel hostel
""")
_LICENSED = _words("bar pub biergarten nightclub casino gambling alcohol wine tobacco bookmaker hotel")
_HEALTH = _words("hairdresser beauty massage tattoo cosmetics perfumery fitness_centre sauna swimming_pool")
_WEIGHTS = (16, 4, 1)
_SHARES = (15, 35, 50)


@dataclass(frozen=True, slots=True)
class Person:
    """An officer of the story. Shift and break are local times; `mode` is for a compact city."""

    code: str
    name: str
    mode: str
    skills: str
    start: str
    end: str
    rest: tuple[str, str]
    from_office: bool = False

    @property
    def minutes(self) -> int:
        """Working minutes of a day, the break not counted."""
        hours = int(self.end[:2]) - int(self.start[:2])
        return hours * 60 - 30


_EARLY, _LATE = ("08:00", "16:00", ("11:00", "13:00")), ("11:00", "19:00", ("14:30", "16:30"))
PEOPLE = (
    Person("aino", "Aino", "foot", "food:2;licensing:1", *_EARLY),
    Person("bjorn", "Björn", "bicycle", "food:2", *_EARLY),
    Person("chidi", "Chidi", "foot", "food:1;health:1", *_EARLY),
    Person("dalia", "Dalia", "bicycle", "licensing:2;health:1", *_LATE, from_office=True),
    Person("elif", "Elif", "foot", "food:1;licensing:1", *_EARLY),
    Person("farid", "Farid", "bicycle", "food:1;health:2", *_EARLY),
    Person("grace", "Grace", "bicycle", "food:2;licensing:2", *_LATE, from_office=True),
)
SERVICES = (
    # code, name, minutes, place, promise, step, window, crew, public, notice, horizon, weight, unannounced
    ("food-audit", "Food safety audit", 60, "on_site", "exact", 5, 0, "food:2", "no", 0, 400, 16, "yes"),
    ("food-inspection", "Food inspection", 40, "on_site", "exact", 5, 0, "food:1", "no", 0, 400, 4, "yes"),
    ("licence-check", "Licence check", 30, "on_site", "exact", 5, 0, "licensing:1", "no", 0, 400, 4, "yes"),
    ("health-check", "Health and hygiene check", 25, "on_site", "exact", 5, 0, "health:1", "no", 0, 400, 1, "yes"),
    ("sound-measurement", "Sound measurement", 45, "on_site", "exact", 5, 0, "sound:2", "no", 0, 400, 16, "yes"),
    ("consultation", "Food safety consultation", 45, "on_site", "window", 60, 120, "food:1", "yes", 60, 400, 100, "no"),
    ("advice-call", "Advice by telephone", 20, "remote", "exact", 15, 0, "", "yes", 60, 400, 50, "no"),
)
_MINUTES = {str(service[0]): int(str(service[2])) for service in SERVICES}


@dataclass(frozen=True, slots=True)
class Due:
    """An inspection that is due."""

    premises: places_pb2.Premises
    service: str
    weight: int
    due: date


def due_inspections(premises: Sequence[places_pb2.Premises], day: date, seed: int) -> list[Due]:
    """Return about 115 % of what the officers can do in a day, in the random order in which it became known."""
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    places = sorted((place for place in premises if _services_for(place)), key=lambda place: place.external_id)
    chance.shuffle(places)
    places.sort(key=lambda place: not place.address.street)  # where few have an address, the others are due last
    wanted = _DEMAND * sum(person.minutes for person in PEOPLE)
    due: list[Due] = []
    for place in places:
        if wanted <= 0:
            break
        weight = chance.choices(_WEIGHTS, _SHARES)[0]
        service = chance.choice(_services_for(place))
        if service == "food-inspection" and weight == _WEIGHTS[0]:
            service = "food-audit"
        due.append(Due(place, service, weight, day + timedelta(days=chance.randint(0, 20))))
        wanted -= _MINUTES[service] + _TRAVEL_MINUTES
    return _with_sound(due)


def _with_sound(due: list[Due]) -> list[Due]:
    """Give one visit a service whose only expert is away, so that the plan has to say so."""
    night = next((index for index, one in enumerate(due) if one.premises.category in _LICENSED), None)
    if night is not None:
        due[night] = Due(due[night].premises, "sound-measurement", 4, due[night].due)
    return due


def _services_for(place: places_pb2.Premises) -> list[str]:
    kinds = (("food-inspection", _FOOD), ("licence-check", _LICENSED), ("health-check", _HEALTH))
    return [service for service, categories in kinds if place.category in categories]


def may_be_consulted(premises: Sequence[places_pb2.Premises]) -> list[places_pb2.Premises]:
    """Return the customers of the story in a stable order: restaurants and cafes, with a full address where any has one."""
    places = [place for place in premises if place.category in ("restaurant", "cafe")]
    addressed = [place for place in places if place.address.street and place.address.house_number]
    return sorted(addressed or places, key=lambda place: place.external_id)


def bases(premises: Sequence[places_pb2.Premises]) -> dict[str, Place]:
    """Return where each officer's day starts and ends, by code: the office, or an invented home."""
    away = [person for person in PEOPLE if not person.from_office]
    found = homes(premises, len(away))
    at_home = {person.code: home for person, home in zip(away, found, strict=False)}
    return {person.code: at_home.get(person.code, office(premises)) for person in PEOPLE}


def mode_of(person: Person, premises: Sequence[places_pb2.Premises]) -> str:
    """Return how a person gets about: by car where the town is too wide for walking."""
    latitudes = [place.position.latitude for place in premises]
    longitudes = [place.position.longitude for place in premises]
    across = metres((min(latitudes), min(longitudes)), (max(latitudes), max(longitudes)))
    return "car" if across > _ACROSS_CAR_METRES else person.mode
