"""Visits."""

from __future__ import annotations

from fieldwork.v1 import visits_pb2 as pb

from server.domain.caller import Caller
from server.domain.commands import NewVisit, VisitFilter, VisitOrder
from server.domain.priority import Rating
from server.domain.visit import VisitState, VisitView
from server.rpc.convert.common import case_message, case_ref
from server.rpc.convert.names import code, identified, number, officers
from server.rpc.convert.outcomes import outcome_message
from server.rpc.convert.times import date_message, local_date, timestamp


def visit_message(view: VisitView, caller: Caller) -> pb.Visit:
    """Return a visit as this caller may see it: who goes when is staff's only."""
    visit = view.visit
    planned = view.planned_start if caller.is_staff else None
    return pb.Visit(
        name=visit.name,
        service=f"services/{visit.service}",
        premises=f"premises/{visit.premises}",
        team=f"teams/{visit.team}",
        weight=visit.weight,
        due_date=date_message(visit.due) if visit.due else None,
        case=case_message(visit.case),
        state=pb.Visit.State.Value(f"STATE_{visit.state.value}"),
        booking=identified("bookings", visit.booking),
        planned_start_time=timestamp(planned) if planned else None,
        officers=officers(view.officers) if caller.is_staff else (),
        etag=visit.etag,
        create_time=timestamp(visit.created),
        outcome=outcome_message(view.outcome, caller) if view.outcome and caller.is_staff else None,
        priority_level=visit.priority,
        displaced_by=identified("visits", visit.displaced_by),
        case_closed=visit.case_closed,
    )


def new_visit(message: pb.Visit) -> NewVisit:
    """Return the due inspection to record."""
    return NewVisit(
        service=code(message.service),
        premises=number(message.premises),
        team=code(message.team),
        weight=message.weight,
        due=local_date(message.due_date) if message.HasField("due_date") else None,
        case=case_ref(message.case) if message.HasField("case") else None,
        rating=rating(message.rating) if message.HasField("rating") else None,
    )


def rating(message: pb.Rating) -> Rating:
    """Return severity and likelihood."""
    return Rating(message.severity, message.likelihood)


def visit_filter(message: pb.ListVisitsRequest) -> VisitFilter:
    """Return which visits are asked for."""
    state = pb.Visit.State.Name(message.state).removeprefix("STATE_") if message.state else ""
    return VisitFilter(
        team=code(message.team),
        state=VisitState(state) if state else None,
        order=VisitOrder.HEAVIEST if message.order_by == pb.VISIT_ORDER_HEAVIEST_FIRST else VisitOrder.NEWEST,
        case=case_ref(message.case) if message.HasField("case") else None,
    )
