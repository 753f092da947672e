"""Walks over the contract: every rpc, and every field of a kind that its request can carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from server.domain.caller import Role
from server.rpc import contract, permission

Set = Callable[[Any, Any], None]
Wanted = Callable[[FieldDescriptor], bool]
DEEPEST = 4


def rpcs() -> dict[str, MethodDescriptor]:
    """Return every rpc that needs a token, by its path."""
    return contract.methods()


def somebody(path: str) -> Role:
    """Return a role that an rpc admits."""
    return sorted(permission.table()[path], key=lambda role: role.value)[0]


def request_of(method: MethodDescriptor) -> Message:
    """Return an empty request."""
    made: Message = GetMessageClass(method.input_type)()
    return made


def fields_of(wanted: Wanted, message: Descriptor, depth: int = 0) -> Iterator[tuple[str, Set]]:
    """Yield every such field that a message can carry, nested ones included: its path, and what sets it to a value."""
    if depth > DEEPEST:
        return
    for field in message.fields:
        if wanted(field):
            yield _path(field), _setter(field)
        elif field.message_type is not None:
            for path, inner in fields_of(wanted, field.message_type, depth + 1):
                yield f"{_path(field)}.{path}", _nested(field, inner)


def texts(field: FieldDescriptor) -> bool:
    return bool(field.cpp_type == FieldDescriptor.CPPTYPE_STRING)


def coordinates(field: FieldDescriptor) -> bool:
    return bool(field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE)


def numbers(field: FieldDescriptor) -> bool:
    return bool(field.cpp_type == FieldDescriptor.CPPTYPE_INT32)


def instants(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Timestamp"


def _path(field: FieldDescriptor) -> str:
    return f"{field.name}[0]" if field.is_repeated else field.name


def _setter(field: FieldDescriptor) -> Set:
    def put(message: Any, value: Any) -> None:
        if field.is_repeated:
            getattr(message, field.name).append(value)
        elif field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            getattr(message, field.name).CopyFrom(value)
        else:
            setattr(message, field.name, value)

    return put


def _nested(field: FieldDescriptor, inner: Set) -> Set:
    def put(message: Any, value: Any) -> None:
        part = getattr(message, field.name)
        if field.is_repeated:
            part = part.add()
        else:
            part.SetInParent()
        inner(part, value)

    return put
