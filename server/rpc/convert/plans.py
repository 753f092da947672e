"""Plans and the operations that make them."""

from __future__ import annotations

from fieldwork.v1 import planning_pb2 as pb
from google.longrunning import operations_pb2

from server.domain.caller import Caller
from server.domain.commands import RunPlan
from server.domain.operation import Operation
from server.domain.plan import Figures, Plan, Published, Unassigned
from server.rpc.application import PlanView
from server.rpc.convert.names import code, identified, officers, optional
from server.rpc.convert.routes import route_message
from server.rpc.convert.times import date_message, local_date, timestamp
from server.rpc.errors import Refusal, code_of_reason, status_of

_DEFAULT_SECONDS = 10
_DEFAULT_SEED = 1


def run_plan(message: pb.RunPlanRequest) -> RunPlan:
    """Return the plan to make."""
    return RunPlan(
        team=code(message.team),
        day=local_date(message.date),
        seconds=message.seconds or _DEFAULT_SECONDS,
        seed=message.seed or _DEFAULT_SEED,
    )


def full_plan_message(view: PlanView, caller: Caller) -> pb.Plan:
    """Return a plan with its routes and what it leaves out."""
    message = plan_message(view.plan)
    message.routes.extend(route_message(route, caller) for route in view.routes)
    message.unassigned.extend(unassigned_message(visit) for visit in view.plan.unassigned)
    return message


def plan_message(plan: Plan) -> pb.Plan:
    """Return a plan without routes, as lists have it."""
    return pb.Plan(
        name=plan.name,
        team=f"teams/{plan.team}",
        date=date_message(plan.day),
        state=pb.Plan.State.Value(f"STATE_{plan.state.value}"),
        figures=figures_message(plan.figures),
        first_come_figures=figures_message(plan.first_come),
        common_travel_seconds=plan.common_travel_seconds,
        first_come_common_travel_seconds=plan.first_come_common_travel_seconds,
        breaches=plan.breaches,
        create_time=timestamp(plan.created),
        publish_time=timestamp(plan.published) if plan.published else None,
        etag=plan.etag,
        problem_hash=plan.problem_hash,
        engine=plan.engine,
        seed=plan.seed,
        travel_source=plan.travel_source,
    )


def figures_message(figures: Figures) -> pb.PlanFigures:
    """Return what a plan achieves."""
    return pb.PlanFigures(
        served_visits=figures.served_visits,
        served_weight=figures.served_weight,
        lost_visits=figures.lost_visits,
        lost_weight=figures.lost_weight,
        travel_seconds=figures.travel_seconds,
        travel_metres=figures.travel_metres,
    )


def unassigned_message(unassigned: Unassigned) -> pb.UnassignedVisit:
    """Return why a visit is left out."""
    reasons = [
        pb.UnassignedReason(
            officer=optional("officers", one.officer), rule=one.rule, needs=one.needs, has=one.has, margin=one.margin
        )
        for one in unassigned.reasons
    ]
    return pb.UnassignedVisit(
        visit=identified("visits", unassigned.visit),
        premises_display_name=unassigned.premises_name,
        weight=unassigned.weight,
        reasons=reasons,
        smallest_relaxation=unassigned.smallest_relaxation,
        **{"class": pb.UnassignedVisit.Class.Value(f"CLASS_{unassigned.cls}")},
    )


def published_message(done: Published) -> pb.PublishPlanResponse:
    """Return what publishing did."""
    return pb.PublishPlanResponse(
        plan=plan_message(done.plan),
        published_officers=officers(done.published),
        reconciled_officers=officers(done.reconciled),
        unchanged_officers=officers(done.unchanged),
    )


def operation_message(operation: Operation, plan: pb.Plan | None = None) -> operations_pb2.Operation:
    """Return a run of the planner; once it has ended well, its response is `plan`, by default its name alone."""
    message = operations_pb2.Operation(name=operation.name, done=operation.done)
    message.metadata.Pack(
        pb.RunPlanMetadata(
            team=f"teams/{operation.team}",
            date=date_message(operation.day),
            phase=operation.phase,
            progress_percent=operation.progress_percent,
            create_time=timestamp(operation.created),
        )
    )
    if operation.error is not None:
        reason, text = operation.error
        message.error.CopyFrom(status_of(Refusal(code_of_reason(reason), reason, text)))
    elif operation.plan:
        message.response.Pack(plan or pb.Plan(name=identified("plans", operation.plan)))
    return message
