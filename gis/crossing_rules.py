"""What waiting at lights and slowing at junctions costs on average, and which barriers stop a car.

The lengths are estimates of ours, of the order that is usual for routing on open data.
"""

from collections.abc import Mapping

from gis.profile import Profile

SIGNAL_MS = {Profile.CAR: 5_000, Profile.BICYCLE: 5_000, Profile.FOOT: 8_000}
JUNCTION_MS = {Profile.CAR: 1_500, Profile.BICYCLE: 500, Profile.FOOT: 0}

_CLOSED_TO_CARS = frozenset({"bollard", "block", "chain", "cycle_barrier", "jersey_barrier", "planter", "log", "debris"})
_GATES = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "rising_bollard"})


def is_signal(tags: Mapping[str, str], profile: Profile) -> bool:
    """Whether this profile waits for a light at the node."""
    walked = tags.get("highway") == "crossing" and (
        tags.get("crossing") == "traffic_signals" or tags.get("crossing:signals") == "yes"
    )
    if profile is Profile.FOOT:
        return walked
    return tags.get("highway") == "traffic_signals" or walked


def stops_cars(tags: Mapping[str, str]) -> bool:
    """Whether a car cannot pass the node."""
    barrier = tags.get("barrier", "")
    allowed = tags.get("motorcar") or tags.get("motor_vehicle") or tags.get("vehicle") or tags.get("access")
    if barrier in _CLOSED_TO_CARS:
        return allowed not in {"yes", "permissive", "designated", "destination"}
    return barrier in _GATES and allowed in {"no", "private"}
