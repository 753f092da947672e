"""Which OpenStreetMap objects are premises that food, licensing or environmental officers visit.

The category is the value of the first tag below that the object bears ("restaurant", "supermarket").
Keys and values: https://wiki.openstreetmap.org/wiki/Map_features.
"""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FOOD = _words(
    "restaurant cafe bar pub fast_food food_court ice_cream biergarten canteen marketplace "
    "supermarket convenience bakery butcher seafood greengrocer deli confectionery pastry chocolate cheese "
    "coffee tea alcohol wine beverages health_food farm dairy kiosk department_store general"
)
LICENSED = _words("bar pub biergarten nightclub casino gambling alcohol wine tobacco bookmaker stripclub")
LODGING = _words("hotel hostel guest_house motel apartment")
CARE = _words(
    "kindergarten school childcare college university language_school music_school "
    "nursing_home social_facility hospital clinic doctors dentist veterinary"
)
BEAUTY = _words("hairdresser beauty massage tattoo cosmetics perfumery")

_AMENITIES = _words(
    "restaurant cafe bar pub fast_food food_court ice_cream biergarten canteen marketplace nightclub casino "
    "gambling kindergarten school childcare college university language_school music_school nursing_home "
    "social_facility hospital clinic doctors dentist veterinary pharmacy cinema theatre arts_centre "
    "community_centre events_venue fuel car_wash library public_bath"
)
_TOURISM = _words("hotel hostel guest_house motel apartment museum gallery zoo aquarium")
_LEISURE = _words("fitness_centre swimming_pool sauna sports_centre dance amusement_arcade bowling_alley")
_NO_SHOP = frozenset({"no", "vacant", "yes;vacant", "disused"})

PREMISES_KEYS = ("amenity", "shop", "tourism", "leisure")


def category_of(tags: Mapping[str, str]) -> str | None:
    """The category of an object with these tags; None when officers have no business there."""
    if (amenity := tags.get("amenity")) in _AMENITIES:
        return amenity
    if (shop := tags.get("shop")) and shop not in _NO_SHOP:
        return "shop" if shop == "yes" else shop.split(";")[0].strip() or "shop"
    if (tourism := tags.get("tourism")) in _TOURISM:
        return tourism
    if (leisure := tags.get("leisure")) in _LEISURE:
        return leisure
    return None
