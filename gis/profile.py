"""Ways to travel, and the speeds that hold for each wherever it goes."""

from enum import StrEnum


class Profile(StrEnum):
    """How an officer gets about."""

    CAR = "car"
    BICYCLE = "bicycle"
    FOOT = "foot"


WALKING_KMH = 5.0
"""On paths and streets, and on the straight piece between a place and its road whatever the profile."""

TOP_KMH = {Profile.CAR: 110.0, Profile.BICYCLE: 17.0, Profile.FOOT: WALKING_KMH}
"""No road is taken faster: straight-line distance at this speed bounds every travel time from below."""

CROW_FLIES_KMH = {Profile.CAR: 25.0, Profile.BICYCLE: 13.0, Profile.FOOT: 4.5}
"""Average speed through a town, stops included, for estimates without roads."""
