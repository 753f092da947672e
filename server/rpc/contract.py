"""The rpcs that exist, read from the contract's descriptors."""

from __future__ import annotations

from fieldwork.v1 import (
    audit_pb2,
    availability_pb2,
    blocks_pb2,
    bookings_pb2,
    calendars_pb2,
    cases_pb2,
    catalogue_pb2,
    customers_pb2,
    life_cycle_pb2,
    organisation_pb2,
    places_pb2,
    planning_pb2,
    profiles_pb2,
    resources_pb2,
    routes_pb2,
    series_pb2,
    visits_pb2,
    waiting_pb2,
    watch_pb2,
)
from google.longrunning import operations_pb2
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

_FILES = (
    organisation_pb2,
    places_pb2,
    catalogue_pb2,
    visits_pb2,
    bookings_pb2,
    series_pb2,
    blocks_pb2,
    life_cycle_pb2,
    planning_pb2,
    resources_pb2,
    routes_pb2,
    availability_pb2,
    calendars_pb2,
    customers_pb2,
    cases_pb2,
    waiting_pb2,
    profiles_pb2,
    watch_pb2,
    audit_pb2,
)
SERVICES: tuple[ServiceDescriptor, ...] = tuple(
    service for file in _FILES for service in file.DESCRIPTOR.services_by_name.values()
)
OPERATIONS: ServiceDescriptor = operations_pb2.DESCRIPTOR.services_by_name["Operations"]


def path(method: MethodDescriptor) -> str:
    """Return the name that the wire uses: "/package.Service/Method"."""
    return f"/{method.containing_service.full_name}/{method.name}"


def methods() -> dict[str, MethodDescriptor]:
    """Return the rpcs that go through identity, permission and validation, by path."""
    return {path(method): method for service in (*SERVICES, OPERATIONS) for method in service.methods}
