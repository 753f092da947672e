"""Services."""

from __future__ import annotations

from fieldwork.v1 import catalogue_pb2 as pb

from server.domain.catalogue import Place, PromiseKind, Service
from server.rpc.convert.common import skill_messages
from server.rpc.convert.names import code

_PLACES = {Place.ON_SITE: pb.PLACE_ON_SITE, Place.REMOTE: pb.PLACE_REMOTE}
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
    )
