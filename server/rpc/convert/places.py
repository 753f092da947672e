"""Premises and patches."""

from __future__ import annotations

from fieldwork.v1 import places_pb2 as pb

from server.domain.caller import Caller, Role
from server.domain.errors import InvalidField
from server.domain.geography import Position
from server.domain.organisation import Patch, Premises
from server.rpc.convert.common import address, address_message, latlng, position
from server.rpc.convert.names import optional

READS_ACCESS_NOTES = frozenset({Role.OFFICER, Role.BOOKING_ADMINISTRATOR})


def premises_message(premises: Premises, caller: Caller) -> pb.Premises:
    """Return a premises as this caller may see it: how to get in is for those who go there."""
    return pb.Premises(
        name=f"premises/{premises.id}",
        display_name=premises.name,
        category=premises.category,
        address=address_message(premises.address),
        position=latlng(premises.position),
        source=premises.source,
        external_id=premises.external_id,
        opening_hours=premises.opening_hours,
        access_note=premises.access_note if caller.role in READS_ACCESS_NOTES else "",
        approach_seconds=premises.approach_s,
        patch=optional("patches", premises.patch_id or 0),
    )


def premises(message: pb.Premises) -> Premises:
    """Return the premises to record; its id and patch follow from the record."""
    if not message.HasField("position"):
        raise InvalidField.of("premises.position", "is missing: give latitude and longitude in degrees")
    return Premises(
        id=0,
        source=message.source,
        external_id=message.external_id,
        name=message.display_name,
        category=message.category,
        address=address(message.address),
        position=position(message.position, "premises.position"),
        opening_hours=message.opening_hours,
        access_note=message.access_note,
        approach_s=message.approach_seconds,
    )


def patch_message(patch: Patch) -> pb.Patch:
    """Return a patch as a message."""
    return pb.Patch(name=f"patches/{patch.id}", display_name=patch.name)


def near_of(message: pb.ListPremisesRequest) -> Position | None:
    """Return the position to search around, if one is given; such a list has one page only."""
    if not message.HasField("near"):
        return None
    if message.page_token:
        raise InvalidField.of("page_token", "does not go with near, which has one page only: leave one of them out")
    return position(message.near, "near")
