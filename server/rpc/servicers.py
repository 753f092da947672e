"""Every servicer, put on a server."""

from __future__ import annotations

import grpc
from fieldwork.v1 import (
    audit_pb2_grpc,
    availability_pb2_grpc,
    blocks_pb2_grpc,
    bookings_pb2_grpc,
    calendars_pb2_grpc,
    cases_pb2_grpc,
    catalogue_pb2_grpc,
    customers_pb2_grpc,
    life_cycle_pb2_grpc,
    organisation_pb2_grpc,
    places_pb2_grpc,
    planning_pb2_grpc,
    profiles_pb2_grpc,
    resources_pb2_grpc,
    routes_pb2_grpc,
    series_pb2_grpc,
    visits_pb2_grpc,
    waiting_pb2_grpc,
    watch_pb2_grpc,
)
from google.longrunning import operations_pb2_grpc

from server.rpc import contract
from server.rpc.application import Application
from server.rpc.services.audit import AuditServicer
from server.rpc.services.availability import AvailabilityServicer
from server.rpc.services.blocks import BlockServicer
from server.rpc.services.bookings import BookingServicer
from server.rpc.services.calendars import CalendarServicer
from server.rpc.services.cases import CaseServicer
from server.rpc.services.catalogue import CatalogueServicer
from server.rpc.services.customers import CustomerServicer
from server.rpc.services.life_cycle import LifeCycleServicer
from server.rpc.services.operations import PlannerOperations
from server.rpc.services.organisation import OrganisationServicer
from server.rpc.services.places import PlaceServicer
from server.rpc.services.planning import PlanningServicer
from server.rpc.services.profiles import ProfileServicer
from server.rpc.services.resources import ResourceServicer
from server.rpc.services.routes import RouteServicer
from server.rpc.services.series import SeriesServicer
from server.rpc.services.visits import VisitServicer
from server.rpc.services.waiting import WaitingListServicer
from server.rpc.services.watch import WatchServicer
from server.rpc.watching.streams import Streams


def add_all(server: grpc.aio.Server, use: Application, streams: Streams) -> tuple[str, ...]:
    """Add a servicer for every service of the contract; return their full names."""
    organisation_pb2_grpc.add_OrganisationServiceServicer_to_server(OrganisationServicer(use.organisation), server)
    places_pb2_grpc.add_PlaceServiceServicer_to_server(PlaceServicer(use.places), server)
    catalogue_pb2_grpc.add_CatalogueServiceServicer_to_server(CatalogueServicer(use.catalogue), server)
    visits_pb2_grpc.add_VisitServiceServicer_to_server(VisitServicer(use.visits, use.emergencies, use.priorities), server)
    bookings = BookingServicer(use.slots, use.holds, use.bookings)
    bookings_pb2_grpc.add_BookingServiceServicer_to_server(bookings, server)
    life_cycle_pb2_grpc.add_LifeCycleServiceServicer_to_server(LifeCycleServicer(use.bookings, use.reasons), server)
    planning_pb2_grpc.add_PlanningServiceServicer_to_server(PlanningServicer(use.planning), server)
    routes_pb2_grpc.add_RouteServiceServicer_to_server(RouteServicer(use.routes), server)
    availability = AvailabilityServicer(use.availability, use.opening, use.facts, use.repairs)
    availability_pb2_grpc.add_AvailabilityServiceServicer_to_server(availability, server)
    resources_pb2_grpc.add_ResourceServiceServicer_to_server(ResourceServicer(use.resources), server)
    blocks_pb2_grpc.add_BlockServiceServicer_to_server(BlockServicer(use.blocks), server)
    series_pb2_grpc.add_SeriesServiceServicer_to_server(SeriesServicer(use.series), server)
    calendars_pb2_grpc.add_CalendarServiceServicer_to_server(CalendarServicer(use.feeds), server)
    operations_pb2_grpc.add_OperationsServicer_to_server(PlannerOperations(use.operations, use.planning), server)
    customers = CustomerServicer(use.customers, use.customer_exports, use.access_needs)
    customers_pb2_grpc.add_CustomerServiceServicer_to_server(customers, server)
    cases_pb2_grpc.add_CaseServiceServicer_to_server(CaseServicer(use.cases), server)
    profiles_pb2_grpc.add_ProfileServiceServicer_to_server(ProfileServicer(use.profiles), server)
    waiting_pb2_grpc.add_WaitingListServiceServicer_to_server(WaitingListServicer(use.waiting), server)
    audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditServicer(use.auditing), server)
    watch_pb2_grpc.add_WatchServiceServicer_to_server(WatchServicer(streams), server)
    return tuple(service.full_name for service in (*contract.SERVICES, contract.OPERATIONS))
