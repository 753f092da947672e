"""The check of a request before any use case sees it: hygiene, then the rules that the contract states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import protovalidate
from fieldwork.v1 import bookings_pb2, opening_pb2
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from server.domain.errors import InvalidField, Violation
from server.rpc import contract
from server.rpc.hygiene import defects

_MOST = 20
"""Violations told at once; a client that sends 500 bad visits learns enough from the first."""
_LONGEST_VALUE = 60
_UPDATED = {
    bookings_pb2.UpdateBookingRequest.DESCRIPTOR.full_name: "booking.",
    opening_pb2.UpdateAvailabilityRuleRequest.DESCRIPTOR.full_name: "availability_rule.",
}
"""The resource that a request changes by a mask: rules about what the mask leaves out are not applied."""


def must_be_valid(request: Message) -> None:
    """Refuse a request with every field that is wrong, by its path in the request."""
    unclean = list(defects(request))
    broken = [rule for rule in _broken_rules(request) if not any(one.field.startswith(rule.field) for one in unclean)]
    found = {violation.field: violation for violation in reversed([*unclean, *broken])}
    if not found:
        return
    violations = sorted(found.values(), key=lambda violation: violation.field)
    first = violations[0]
    more = f" (and {len(violations) - 1} more fields)" if len(violations) > 1 else ""
    raise InvalidField(f"{first.field}: {first.description}{more}", violations=violations[:_MOST])


def warm() -> None:
    """Compile the rules of every request type, which takes milliseconds each, before the first caller comes."""
    for method in contract.methods().values():
        protovalidate.collect_violations(GetMessageClass(method.input_type)())


def _broken_rules(request: Message) -> Iterator[Violation]:
    for violation in protovalidate.collect_violations(request):
        path = _path(violation.proto.field)
        if not _masked(request, path):
            yield Violation(path, _description(violation))


def _masked(request: Message, path: str) -> bool:
    """Tell whether the rule is about a part of a resource that an update does not touch."""
    part = _UPDATED.get(request.DESCRIPTOR.full_name, "")
    if not part or not path.startswith(part):
        return False
    mask = getattr(request, "update_mask").paths  # noqa: B009 - of a message whose type is known by its name only
    return path.removeprefix(part) not in {*mask, "etag", "name"}


def _path(field: Any) -> str:
    parts = []
    for element in field.elements:
        subscript = element.subscript
        parts.append(element.field_name + (f"[{subscript.value}]" if subscript is not None else ""))
    return ".".join(parts)


def _description(violation: Any) -> str:
    value = violation.field_value
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        text = repr(value)
        shown = text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
        return f"{violation.proto.message}, not {shown}"
    return str(violation.proto.message)
