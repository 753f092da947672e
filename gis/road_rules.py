"""Who may use a way, in which directions and how fast, as its OpenStreetMap tags tell.

Follows the wiki's access hierarchy (https://wiki.openstreetmap.org/wiki/Key:access) and one-way rules
(https://wiki.openstreetmap.org/wiki/Key:oneway). Speeds are our own, for towns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gis.profile import TOP_KMH, WALKING_KMH, Profile

Tags = Mapping[str, str]

ROAD_CLASSES = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
    "pedestrian",
    "cycleway",
    "footway",
    "path",
    "bridleway",
    "steps",
    "corridor",
    "platform",
)
"""Every `highway` value that some profile may use; its index is how a graph stores it."""

_CAR_KMH = dict(zip(ROAD_CLASSES[:16], (90, 45, 70, 40, 50, 35, 45, 30, 40, 25, 25, 25, 10, 15, 25, 10), strict=True))
_PUSHING_KMH = 4.0
_BICYCLE_KMH = dict.fromkeys(ROAD_CLASSES[2:16], 15.0) | {
    "cycleway": 16.0,
    "path": 12.0,
    "track": 12.0,
    "service": 12.0,
    "living_street": 12.0,
    "pedestrian": _PUSHING_KMH,
    "footway": _PUSHING_KMH,
}
_FOOT_KMH = dict.fromkeys(ROAD_CLASSES[4:], WALKING_KMH) | {"steps": 2.5}
_CLASS_KMH: Mapping[Profile, Mapping[str, float]] = {
    Profile.CAR: _CAR_KMH,
    Profile.BICYCLE: _BICYCLE_KMH,
    Profile.FOOT: _FOOT_KMH,
}

_ACCESS_KEYS = {
    Profile.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    Profile.BICYCLE: ("bicycle", "vehicle", "access"),
    Profile.FOOT: ("foot", "access"),
}
_REFUSED = frozenset(
    {
        "no",
        "private",
        "agricultural",
        "forestry",
        "delivery",
        "emergency",
        "military",
        "permit",
        "use_sidepath",
    }
)
_GRANTED = frozenset({"yes", "designated", "permissive", "destination", "official"})
_ROUGH = frozenset(
    {
        "cobblestone",
        "sett",
        "unhewn_cobblestone",
        "unpaved",
        "gravel",
        "ground",
        "dirt",
        "grass",
        "sand",
        "stone",
    }
)
_ONE_WAY = frozenset({"yes", "true", "1"})
_ONE_WAY_BACK = frozenset({"-1", "reverse"})
_DRIVEN_SHARE_OF_LIMIT = 0.8
_MPH = 1.609344


@dataclass(frozen=True, slots=True)
class Passage:
    """Speeds along and against the way's drawn direction in km/h; 0 where it is closed."""

    forward_kmh: float
    backward_kmh: float


CLOSED = Passage(0.0, 0.0)


def passage(tags: Tags, profile: Profile) -> Passage:
    """How this profile may pass the way."""
    kmh = min(_speed_kmh(tags, profile), TOP_KMH[profile])
    if kmh <= 0 or not _may_enter(tags, profile):
        return CLOSED
    match _direction(tags, profile):
        case "both":
            return Passage(kmh, kmh)
        case "forward":
            return Passage(kmh, 0.0)
        case "backward":
            return Passage(0.0, kmh)
    return CLOSED


def may_stop(tags: Tags) -> bool:
    """Whether an officer can get out here: not on a motorway and not underground."""
    return not tags.get("highway", "").startswith("motorway") and tags.get("tunnel") != "yes"


def _may_enter(tags: Tags, profile: Profile) -> bool:
    for key in _ACCESS_KEYS[profile]:
        if key in tags:
            return tags[key] not in _REFUSED
    return True


def _speed_kmh(tags: Tags, profile: Profile) -> float:
    road = tags.get("highway", "")
    kmh = _CLASS_KMH[profile].get(road, 0.0)
    if profile is Profile.CAR:
        return _car_kmh(tags, road, kmh)
    if profile is Profile.BICYCLE:
        return _bicycle_kmh(tags, road, kmh)
    if kmh == 0.0 and road.startswith("trunk") and tags.get("foot") in _GRANTED:
        return WALKING_KMH
    return kmh


def _car_kmh(tags: Tags, road: str, kmh: float) -> float:
    if road == "pedestrian" and {tags.get("motor_vehicle"), tags.get("motorcar")} & _GRANTED:
        return 10.0
    if kmh == 0.0 or (limit := limit_kmh(tags.get("maxspeed", ""))) is None:
        return kmh
    driven = limit * _DRIVEN_SHARE_OF_LIMIT
    return min(kmh, driven) if road in {"service", "living_street", "track"} else driven


def _bicycle_kmh(tags: Tags, road: str, kmh: float) -> float:
    if tags.get("bicycle") == "dismount":
        return _PUSHING_KMH if kmh else 0.0
    if road in {"footway", "pedestrian", "bridleway"} and tags.get("bicycle") in _GRANTED:
        kmh = 12.0
    return min(kmh, 10.0) if tags.get("surface", "").split(";")[0].split(":")[0] in _ROUGH else kmh


def limit_kmh(maxspeed: str) -> float | None:
    """The number in a `maxspeed` value ("50", "25 mph") as km/h; None where there is none ("FI:urban")."""
    number, _, unit = maxspeed.partition(";")[0].strip().partition(" ")
    try:
        value = float(number)
    except ValueError:
        return None
    if not 1 <= value <= 200:
        return None
    return value * _MPH if unit.strip() == "mph" else value


def _direction(tags: Tags, profile: Profile) -> str:
    """One of both, forward, backward, neither."""
    if profile is Profile.FOOT:
        return _named_direction(tags.get("oneway:foot", "no"))
    if profile is Profile.BICYCLE:
        if "oneway:bicycle" in tags:
            return _named_direction(tags["oneway:bicycle"])
        if tags.get("cycleway", "").startswith("opposite"):
            return "both"
    if "oneway" in tags:
        return _named_direction(tags["oneway"])
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway", "").startswith("motorway")
    return "forward" if implied else "both"


def _named_direction(oneway: str) -> str:
    if oneway in _ONE_WAY:
        return "forward"
    if oneway in _ONE_WAY_BACK:
        return "backward"
    return "neither" if oneway in {"reversible", "alternating"} else "both"
