"""Whether a customer can be served: the contact points that a service asks for."""

from __future__ import annotations

from server.domain.booking import Customer
from server.domain.catalogue import Service
from server.domain.errors import NotEligible, Violation

_POINTS = {"phone": "a telephone number", "email": "an e-mail address"}


def must_be_reachable(service: Service, customer: Customer) -> None:
    """Refuse a customer who gives none of a contact point that the service requires, naming the fields."""
    missing = [point for point in service.contact_required if not getattr(customer, point)]
    if missing:
        words = " and ".join(_POINTS[point] for point in missing)
        raise NotEligible(
            f"services/{service.code} needs {words} of the customer: give {', '.join(f'customer.{one}' for one in missing)}",
            violations=[Violation(f"customer.{point}", f"is empty: give {_POINTS[point]}") for point in missing],
            service=service.code,
            missing=",".join(missing),
        )
