"""Emergencies and the priority matrix through gRPC."""

import pytest
from fieldwork.v1 import visits_pb2 as pb

from clients.python.refusal import CallRefused
from server.domain.caller import Role
from server.rpc.convert.times import timestamp
from tests.demand.conftest import Clients
from tests.makers.world import ADVICE, THURSDAY, World, at
from tests.watch.conftest import Served

URGENT = pb.Rating(severity="serious", likelihood="likely")
MATRIX = pb.PriorityMatrix(rows=[pb.PriorityMatrix.Row(rating=URGENT, level="urgent", weight=900)])


def asked(world: World, **how: object) -> pb.CreateEmergencyVisitRequest:
    given = {"service": f"services/{ADVICE.code}", "premises": f"premises/{world.premises[3].id}", **how}
    return pb.CreateEmergencyVisitRequest(**given)  # type: ignore[arg-type]


def test_an_emergency_is_rated_put_on_a_route_and_seen_in_the_stream(world: World, served: Served, client: Clients) -> None:
    """M01, M02, M03: officers' clients learn of the changed day."""
    boss = client(Role.BOOKING_ADMINISTRATOR)
    boss.visits.UpsertPriorityMatrix(pb.UpsertPriorityMatrixRequest(matrix=MATRIX))
    assert client(Role.PARTNER).visits.GetPriorityMatrix(pb.GetPriorityMatrixRequest()) == MATRIX
    world.planned("anna", THURSDAY, 11, 1)
    world.absent("ben", world.day("ben", THURSDAY).span)
    world.clock.now = at(THURSDAY, 10, 7)
    days = served.days(resource="officers/anna")
    next(days)
    done = boss.visits.CreateEmergencyVisit(asked(world, rating=URGENT))
    assert done.visit.state == pb.Visit.STATE_PLANNED
    assert (done.visit.weight, done.visit.priority_level) == (900, "urgent")
    assert list(done.visit.officers) == ["officers/anna"]
    told = next(one for one in days if one.changes)
    assert [change.resource for change in told.changes] == ["officers/anna"]
    listed = boss.visits.ListVisits(pb.ListVisitsRequest(order_by=pb.VISIT_ORDER_HEAVIEST_FIRST))
    assert [visit.weight for visit in listed.visits] == [900, 50]


def test_what_gave_way_is_listed_and_says_by_what(world: World, client: Clients) -> None:
    """M02."""
    visit = world.planned("anna", THURSDAY, 11, 1)
    world.absent("anna", type(world.day("anna", THURSDAY).span)(at(THURSDAY, 12), at(THURSDAY, 16)))
    world.absent("ben", world.day("ben", THURSDAY).span)
    world.clock.now = at(THURSDAY, 10, 52)
    desk = client(Role.CUSTOMER_SERVICE)
    done = desk.visits.CreateEmergencyVisit(asked(world, latest_start_time=timestamp(at(THURSDAY, 11, 20))))
    (displaced,) = done.displaced
    assert (displaced.visit, displaced.from_officer, displaced.to_officer) == (visit.name, "officers/anna", "")
    found = desk.visits.GetVisit(pb.GetVisitRequest(name=visit.name))
    assert (found.state, found.displaced_by) == (pb.Visit.STATE_OPEN, done.visit.name)


def test_a_partner_learns_of_no_officers(world: World, client: Clients) -> None:
    world.clock.now = at(THURSDAY, 10, 7)
    done = client(Role.PARTNER).visits.CreateEmergencyVisit(asked(world))
    assert not done.visit.officers
    assert not done.visit.HasField("planned_start_time")


def test_refusals_say_what_to_do(world: World, client: Clients) -> None:
    desk = client(Role.CUSTOMER_SERVICE)
    with pytest.raises(CallRefused, match=r"ROLE_NOT_ALLOWED.*allow_broken_promises"):
        desk.visits.CreateEmergencyVisit(asked(world, allow_broken_promises=True))
    with pytest.raises(CallRefused, match=r"SLOT_TAKEN.*later latest_start_time"):
        desk.visits.CreateEmergencyVisit(asked(world))  # it is the evening before
    with pytest.raises(CallRefused, match=r"INVALID_FIELD.*UpsertPriorityMatrix"):
        desk.visits.CreateEmergencyVisit(asked(world, rating=URGENT))
