"""The tables. migrations/ brings a database to this state; a test proves that the two agree.

`occupancy` is the single source of truth for conflicts: one exclusion constraint refuses every overlap of busy time, inbound
legs included. It is deferrable, so that it is checked per statement and back-to-back stops can shift together.
"""

from server.store.tables.base import metadata
from server.store.tables.catalogue import service
from server.store.tables.customers import access_need, case_record, contact_point, customer
from server.store.tables.days import dropped_day, occupancy, occupancy_ids, overlay, repair, resource_day
from server.store.tables.demand import priority_level, profile, waiting_entry
from server.store.tables.effects import answer, audit, feed, message
from server.store.tables.life_cycle import booking_facet, cancel_reason, change_request, outcome
from server.store.tables.opening import fact, opening_rule
from server.store.tables.organisation import location, officer, officer_skill, resource, skill, team
from server.store.tables.places import address, patch, premises, road_graph
from server.store.tables.plans import operation, plan
from server.store.tables.promises import booking, booking_event, hold, session, visit
from server.store.tables.reference import reference_version
from server.store.tables.series import block, series, series_occurrence

__all__ = [
    "access_need",
    "address",
    "answer",
    "audit",
    "block",
    "booking",
    "booking_event",
    "booking_facet",
    "cancel_reason",
    "case_record",
    "change_request",
    "contact_point",
    "customer",
    "dropped_day",
    "fact",
    "feed",
    "hold",
    "location",
    "message",
    "metadata",
    "occupancy",
    "occupancy_ids",
    "officer",
    "officer_skill",
    "opening_rule",
    "operation",
    "outcome",
    "overlay",
    "patch",
    "plan",
    "premises",
    "priority_level",
    "profile",
    "reference_version",
    "repair",
    "resource",
    "resource_day",
    "road_graph",
    "series",
    "series_occurrence",
    "service",
    "session",
    "skill",
    "team",
    "visit",
    "waiting_entry",
]
