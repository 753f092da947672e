"""Who may call what: the contract's `access` option, and a table for the few rpcs that are not ours. Nobody else may."""

from __future__ import annotations

from fieldwork.v1 import access_pb2
from google.protobuf.descriptor import MethodDescriptor

from server.domain.caller import Caller, Role
from server.domain.errors import RoleNotAllowed
from server.rpc import contract

OPEN = frozenset(
    {
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/List",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    }
)
"""Rpcs that need no token: they tell nothing that the public contract does not."""

_PLANNERS = frozenset({Role.BOOKING_ADMINISTRATOR, Role.WORKER})
OPERATIONS: dict[str, frozenset[Role]] = {
    "GetOperation": _PLANNERS | {Role.MANAGER},
    "ListOperations": _PLANNERS | {Role.MANAGER},
    "CancelOperation": _PLANNERS,
    "DeleteOperation": _PLANNERS,
    "WaitOperation": _PLANNERS | {Role.MANAGER},
}


def roles_of(method: MethodDescriptor) -> frozenset[Role]:
    """Return the roles that an rpc admits; none when it does not say."""
    if method.containing_service is contract.OPERATIONS:
        return OPERATIONS.get(method.name, frozenset())
    access = method.GetOptions().Extensions[access_pb2.access]
    return frozenset(Role(access_pb2.Role.Name(role).removeprefix("ROLE_")) for role in access.roles)


def table() -> dict[str, frozenset[Role]]:
    """Return the roles by path of every rpc that needs a token."""
    return {path: roles_of(method) for path, method in contract.methods().items()}


def must_admit(caller: Caller, roles: frozenset[Role], method: str) -> None:
    """Refuse a caller whose role is not among `roles`."""
    if caller.role not in roles:
        admitted = ", ".join(sorted(role.value for role in roles)) or "nobody"
        raise RoleNotAllowed(
            f"{method} is not for the role {caller.role.value}; it admits {admitted}", method=method, role=caller.role.value
        )
