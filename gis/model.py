"""The records that importers give: positions, premises, addresses, patches."""

import math
from dataclasses import dataclass

from shapely import MultiPolygon, Point, Polygon

from gis.errors import InvalidPosition, InvalidRecord


@dataclass(frozen=True, slots=True, order=True)
class LatLng:
    """A point on Earth in WGS 84 degrees, latitude first."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat) and math.isfinite(self.lon)):
            raise InvalidPosition(f"latitude {self.lat}, longitude {self.lon}: both must be finite numbers of degrees")
        if abs(self.lat) > 90 and abs(self.lon) <= 90 and abs(self.lat) <= 180:
            raise InvalidPosition(
                f"latitude {self.lat} is outside -90..90 while longitude {self.lon} would fit: "
                "latitude and longitude look swapped; give latitude first"
            )
        if abs(self.lat) > 90:
            raise InvalidPosition(f"latitude {self.lat} is outside -90..90 degrees")
        if abs(self.lon) > 180:
            raise InvalidPosition(f"longitude {self.lon} is outside -180..180 degrees")


@dataclass(frozen=True, slots=True)
class Address:
    """A numbered entrance; empty text where the source says nothing."""

    source: str
    external_id: str
    housenumber: str
    street: str
    postcode: str
    city: str
    position: LatLng

    def __post_init__(self) -> None:
        _refuse_bad_text(self, ("source", "external_id", "housenumber", "street", "postcode", "city"))
        _refuse_empty(self, ("source", "external_id", "housenumber", "street"))


@dataclass(frozen=True, slots=True)
class Premises:
    """A place that officers visit, as a source knows it; `external_id` is unique within `source` ("node/1").

    Holds no personal data: phone numbers, web addresses and operators of the source are left out on purpose.
    """

    source: str
    external_id: str
    name: str
    category: str
    housenumber: str
    street: str
    postcode: str
    city: str
    position: LatLng
    opening_hours: str

    def __post_init__(self) -> None:
        _refuse_bad_text(
            self,
            (
                "source",
                "external_id",
                "name",
                "category",
                "housenumber",
                "street",
                "postcode",
                "city",
                "opening_hours",
            ),
        )
        _refuse_empty(self, ("source", "external_id", "name", "category"))

    @property
    def address_line(self) -> str:
        """Street and number as one line; empty when the street is not known."""
        return f"{self.street} {self.housenumber}".strip() if self.street else ""


@dataclass(frozen=True, slots=True)
class Patch:
    """A named area of responsibility; the polygon's coordinates are longitude first, as shapely has them."""

    name: str
    polygon: Polygon | MultiPolygon

    def covers(self, place: LatLng) -> bool:
        """Whether the place lies inside or on the border."""
        return bool(self.polygon.covers(Point(place.lon, place.lat)))


def _refuse_bad_text(record: object, fields: tuple[str, ...]) -> None:
    for field in fields:
        if "\x00" in getattr(record, field):
            raise InvalidRecord(f"{field} {getattr(record, field)!r} holds a NUL byte; remove it")


def _refuse_empty(record: object, fields: tuple[str, ...]) -> None:
    for field in fields:
        if not getattr(record, field).strip():
            raise InvalidRecord(f"{field} is empty; every {type(record).__name__.lower()} needs one")
