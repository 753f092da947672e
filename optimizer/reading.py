"""A strict reader of JSON values: every error names the path, the value and the remedy."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

T = TypeVar("T")
LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with an input, where (a JSON path), and what to do about it."""

    path: str
    problem: str
    remedy: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class Defective(ValueError):
    """The input cannot be used; `defects` says why."""

    def __init__(self, defects: list[Defect]) -> None:
        super().__init__("; ".join(f"{d.path}: {d.problem} ({d.remedy})" for d in defects[:5]))
        self.defects = defects


def refuse(path: str, problem: str, remedy: str) -> Defective:
    return Defective([Defect(path, problem, remedy)])


def shown(value: object) -> str:
    """Return the value, short enough for a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def integer(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(path, f"{shown(value)} is not a whole number", "write an integer")
    if abs(value) > LARGEST:
        raise refuse(path, f"{value} is too large", f"stay within {LARGEST}")
    return value


def number(value: object, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise refuse(path, f"{shown(value)} is not a number", "write a number")
    return float(value)


def text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise refuse(path, f"{shown(value)} is not a text", "write a non-empty string without NUL")
    return value


def label(value: object, path: str) -> str:
    """Read a text that may be empty."""
    return "" if value == "" else text(value, path)


def flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise refuse(path, f"{shown(value)} is not true or false", "write true or false")
    return value


def many(read: Callable[[Any, str], T]) -> Callable[[Any, str], tuple[T, ...]]:
    """Return a reader of lists of what `read` reads."""

    def items(value: object, path: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise refuse(path, f"{shown(value)} is not a list", "write [...]")
        return tuple(read(item, f"{path}[{i}]") for i, item in enumerate(value))

    return items


def table(read: Callable[[Any, str], T]) -> Callable[[Any, str], dict[str, T]]:
    """Return a reader of objects whose values `read` reads."""

    def entries(value: object, path: str) -> dict[str, T]:
        return {key: read(item, f"{path}.{key}") for key, item in _object(value, path).items()}

    return entries


def maybe(read: Callable[[Any, str], T]) -> Callable[[Any, str], T | None]:
    """Return a reader that takes null for None."""
    return lambda value, path: None if value is None else read(value, path)


class Fields:
    """The fields of one object; what nobody has read by `end` is refused."""

    def __init__(self, value: object, path: str) -> None:
        self._left = dict(_object(value, path))
        self.path = path

    def need(self, name: str, read: Callable[[Any, str], T]) -> T:
        if name not in self._left:
            raise refuse(f"{self.path}.{name}", "the field is missing", "add it")
        return read(self._left.pop(name), f"{self.path}.{name}")

    def take(self, name: str, read: Callable[[Any, str], T], default: T) -> T:
        """Read an optional field."""
        return self.need(name, read) if name in self._left else default

    def end(self) -> None:
        if self._left:
            name = next(iter(self._left))
            raise refuse(f"{self.path}.{name}", "the field is unknown", "remove it or correct its name")


def _object(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise refuse(path, f"{shown(value)} is not an object", "write {...}")
    return value
