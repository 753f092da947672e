"""Resource names: what stands between "officers/" and the code."""

from __future__ import annotations

from datetime import date

from server.domain.errors import InvalidField
from server.domain.ids import encode


def code(name: str) -> str:
    """Return the last part of a name such as "officers/anna"; empty for an empty name."""
    return name.rpartition("/")[2]


def number(name: str) -> int:
    """Return the number of a name such as "premises/17"; 0 for an empty name."""
    return int(code(name) or 0)


def optional(kind: str, text: str | int) -> str:
    """Return "kind/text", or an empty name when there is none."""
    return f"{kind}/{text}" if text else ""


def identified(kind: str, identity: int) -> str:
    """Return the name of a 62-bit id, or an empty name for 0."""
    return f"{kind}/{encode(identity)}" if identity else ""


def officers(codes: tuple[str, ...]) -> list[str]:
    """Return the names of officers."""
    return [f"officers/{one}" for one in codes]


def route_name(name: str) -> tuple[str, date]:
    """Return the officer's code and the date of "officers/{code}/routes/{yyyy-mm-dd}"."""
    _, officer, _, text = name.split("/")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidField.of("name", f"{text!r} is not a date that exists, yyyy-mm-dd") from error
    if not 1970 <= day.year < 2200:
        raise InvalidField.of("name", f"{text} is not in the years 1970 to 2199")
    return officer, day
