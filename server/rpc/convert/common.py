"""Words that several services share."""

from __future__ import annotations

from collections.abc import Iterable

from fieldwork.v1 import common_pb2 as pb
from google.type.latlng_pb2 import LatLng

from server.domain.geography import Position
from server.domain.organisation import Address, CaseRef, TravelMode

MODES: dict[TravelMode, pb.TravelMode.ValueType] = {
    TravelMode.CAR: pb.TRAVEL_MODE_CAR,
    TravelMode.BICYCLE: pb.TRAVEL_MODE_BICYCLE,
    TravelMode.FOOT: pb.TRAVEL_MODE_FOOT,
}


def case_message(case: CaseRef | None) -> pb.CaseRef | None:
    """Return a case as a message; None, for a field that stays unset, when there is none."""
    return None if case is None else pb.CaseRef(system=case.system, external_id=case.external_id)


def case_ref(message: pb.CaseRef) -> CaseRef:
    """Return the case of a message."""
    return CaseRef(message.system, message.external_id)


def address_message(address: Address) -> pb.Address:
    """Return an address as a message."""
    return pb.Address(house_number=address.house_number, street=address.street, postcode=address.postcode, city=address.city)


def address(message: pb.Address) -> Address:
    """Return the address of a message."""
    return Address(message.house_number, message.street, message.postcode, message.city)


def latlng(position: Position) -> LatLng:
    """Return a position in degrees."""
    return LatLng(latitude=position.latitude, longitude=position.longitude)


def position(message: LatLng, field: str) -> Position:
    """Return the position of degrees, or refuse them, naming `field`."""
    return Position.of(message.latitude, message.longitude, field)


def skill_messages(skills: Iterable[tuple[str, int]]) -> list[pb.SkillLevel]:
    """Return skills with their levels, by code."""
    return [pb.SkillLevel(skill=skill, level=level) for skill, level in sorted(skills)]
