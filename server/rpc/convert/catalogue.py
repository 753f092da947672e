"""Services."""

from __future__ import annotations

from fieldwork.v1 import catalogue_pb2 as pb

from server.domain.catalogue import Place, PromiseKind, ResourceNeed, Service
from server.domain.organisation import Skill
from server.rpc.convert.common import skill_messages
from server.rpc.convert.names import code

_PLACES = {Place.ON_SITE: pb.PLACE_ON_SITE, Place.OFFICE: pb.PLACE_OFFICE, Place.REMOTE: pb.PLACE_REMOTE}
_PLACE_OF = {message: place for place, message in _PLACES.items()}
_PROMISES = {PromiseKind.EXACT: pb.PROMISE_KIND_EXACT, PromiseKind.WINDOW: pb.PROMISE_KIND_WINDOW}
_PROMISE_OF = {message: kind for kind, message in _PROMISES.items()}


def service_message(service: Service) -> pb.Service:
    """Return a service as a message."""
    return pb.Service(
        name=f"services/{service.code}",
        display_name=service.name,
        duration_minutes=service.duration_minutes,
        buffer_before_minutes=service.buffer_before_minutes,
        buffer_after_minutes=service.buffer_after_minutes,
        crew=[pb.CrewMember(skills=skill_messages(member)) for member in service.crew],
        place=_PLACES[service.place],
        promise_kind=_PROMISES[service.promise_kind],
        window_minutes=service.window_minutes,
        step_minutes=service.step_minutes,
        needs_approval=service.needs_approval,
        public=service.public,
        notice_minutes=service.notice_minutes,
        horizon_days=service.horizon_days,
        weight=service.weight,
        unannounced=service.unannounced,
        locations=[f"locations/{code}" for code in service.locations],
        resources=[
            pb.ResourceNeed(category=need.category, quantity=need.quantity, features=need.features)
            for need in service.resources
        ],
        duration_options=service.duration_options,
        capacity=service.capacity,
        documents=service.documents,
        fee_cents=service.fee_cents,
        currency=service.currency,
        contact_required=service.contact_required,
        purposes=service.purposes,
        purpose_required=service.purpose_required,
    )


def service(message: pb.Service) -> Service:
    """Return the service to record."""
    return Service(
        code=code(message.name),
        name=message.display_name,
        duration_minutes=message.duration_minutes,
        crew=tuple(tuple(sorted((one.skill, one.level) for one in member.skills)) for member in message.crew),
        place=_PLACE_OF[message.place],
        promise_kind=_PROMISE_OF[message.promise_kind],
        step_minutes=message.step_minutes,
        window_minutes=message.window_minutes,
        buffer_before_minutes=message.buffer_before_minutes,
        buffer_after_minutes=message.buffer_after_minutes,
        needs_approval=message.needs_approval,
        public=message.public,
        notice_minutes=message.notice_minutes,
        horizon_days=message.horizon_days,
        weight=message.weight,
        unannounced=message.unannounced,
        locations=tuple(code(name) for name in message.locations),
        resources=tuple(
            ResourceNeed(need.category, need.quantity or 1, tuple(sorted(need.features))) for need in message.resources
        ),
        duration_options=tuple(sorted(message.duration_options)),
        capacity=message.capacity or 1,
        documents=tuple(message.documents),
        fee_cents=message.fee_cents,
        currency=message.currency,
        contact_required=tuple(sorted(message.contact_required)),
        purposes=tuple(message.purposes),
        purpose_required=message.purpose_required,
    )


def skill_message(one: Skill) -> pb.Skill:
    """Return a skill as a message."""
    return pb.Skill(name=f"skills/{one.code}", display_name=one.name, officer_count=one.officers)


def skill(message: pb.Skill) -> Skill:
    """Return the skill to record."""
    return Skill(code(message.name), message.display_name)
