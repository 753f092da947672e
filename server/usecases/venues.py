"""Where a service is done: at premises, at an office with its rooms and equipment, or wherever the officer is."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.catalogue import Place, Service
from server.domain.commands import SlotChoice
from server.domain.errors import LocationNotOffered, NoResource, NotEligible, PremisesNeeded
from server.domain.geography import Position
from server.domain.organisation import Premises
from server.domain.resource import Location, Resource, ResourceKind
from server.usecases.ports import Transaction


def where(service: Service, premises: Premises | None, location: Location | None) -> Position | None:
    """Return where the officers have to be; None: where they are."""
    if service.place is Place.ON_SITE:
        return premises.position if premises else None
    return location.position if service.at_office and location else None


def venue(tx: Transaction, service: Service, choice: SlotChoice) -> tuple[Premises | None, Location | None]:
    """Return the premises and the office of a choice, or refuse one that lacks what the service needs."""
    if service.place is Place.ON_SITE and not choice.premises:
        raise PremisesNeeded(f"services/{service.code} is done on site: name the premises", service=service.code)
    premises = tx.places.get(choice.premises) if choice.premises else None
    if not service.at_office:
        return premises, None
    if choice.location not in service.locations:
        offered = ", ".join(f"locations/{code}" for code in service.locations) or "nowhere yet"
        raise LocationNotOffered(
            f"services/{service.code} is not offered at {choice.location or 'a location that is not named'}: {offered}",
            service=service.code,
            location=choice.location,
        )
    return premises, tx.resources.location(choice.location)


def must_suit(location: Location | Resource | None, features: Collection[str]) -> None:
    """Refuse an office or a room that lacks what the customer needs."""
    lacking = sorted(set(features) - location.features) if location else []
    if location and lacking:
        raise NotEligible(
            f"{location.name} has no feature {lacking[0]!r}, which the customer needs: take another one",
            place=location.name,
            feature=lacking[0],
        )


def serving(
    tx: Transaction, service: Service, location: str, features: Collection[str] = ()
) -> tuple[tuple[Resource, ...], ...]:
    """Return, per room or equipment that the service needs, what could serve there, or refuse where nothing can.

    A room has all `features`, too.
    """
    found = []
    for need in service.resources:
        some = tx.resources.serving(need, location if service.at_office else "")
        if not some:
            features = f" with {', '.join(need.features)}" if need.features else ""
            raise NoResource(
                f"services/{service.code} needs {need.quantity} of {need.category}{features}, and there is none"
                + (f" at locations/{location}" if location else ""),
                service=service.code,
                category=need.category,
            )
        suitable = [one for one in some if one.kind is not ResourceKind.ROOM or one.features.issuperset(features)]
        if not suitable:
            raise NotEligible(
                f"services/{service.code} needs {need.category}, and none has {', '.join(sorted(features))}, which the "
                "customer needs: take another office",
                service=service.code,
                category=need.category,
            )
        found.append(tuple(suitable))
    return tuple(found)
