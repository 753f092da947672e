"""Locations, rooms and equipment."""

from __future__ import annotations

from fieldwork.v1 import resources_pb2 as pb

from server.domain import local_time
from server.domain.errors import InvalidField
from server.domain.resource import Location, Resource, ResourceKind
from server.rpc.convert.common import latlng, position
from server.rpc.convert.names import code, optional

_KINDS = {ResourceKind.ROOM: pb.Resource.KIND_ROOM, ResourceKind.EQUIPMENT: pb.Resource.KIND_EQUIPMENT}
_KIND_OF = {message: kind for kind, message in _KINDS.items()}


def location(message: pb.Location) -> Location:
    """Return the location to record."""
    return Location(
        code=code(message.name),
        title=message.display_name,
        address=message.address,
        position=position(message.position, "location.position"),
        zone=_zone(message.time_zone),
        features=frozenset(message.features),
    )


def _zone(name: str) -> str:
    try:
        return local_time.zone(name).key
    except InvalidField as error:
        raise InvalidField.of("location.time_zone", error.violations[0].description) from error


def location_message(known: Location) -> pb.Location:
    """Return a location as a message."""
    return pb.Location(
        name=known.name,
        display_name=known.title,
        address=known.address,
        position=latlng(known.position),
        time_zone=known.zone,
        features=sorted(known.features),
        etag=known.etag,
    )


def resource(message: pb.Resource) -> Resource:
    """Return the room or equipment to record."""
    return Resource(
        code=code(message.name),
        title=message.display_name,
        kind=_KIND_OF[message.kind],
        category=message.category,
        seats=message.seats or 1,
        location=code(message.location),
        features=frozenset(message.features),
    )


def resource_message(known: Resource) -> pb.Resource:
    """Return a room or equipment as a message."""
    return pb.Resource(
        name=known.name,
        display_name=known.title,
        kind=_KINDS[known.kind],
        category=known.category,
        seats=known.seats,
        location=optional("locations", known.location),
        features=sorted(known.features),
        etag=known.etag,
    )
