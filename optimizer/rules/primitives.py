"""The primitives that every engine knows; a rule compiles to them. Visits, members and shifts are numbers.

Shifts are numbered over all officers in the order of `Problem.duties`, members in the order of `Visit.crew`.
"""

from dataclasses import dataclass
from typing import TypeAlias

from optimizer.model import Break


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The pair of a crew member's task and a shift is excluded; the rest says why."""

    visit: int
    member: int
    shift: int
    rule: str
    needs: str
    has: str
    margin: int = 0


@dataclass(frozen=True, slots=True)
class Starts:
    """Work may start in these half-open ranges only."""

    visit: int
    windows: tuple[tuple[int, int], ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Bonus:
    """Serving the visit on that shift is worth so many seconds."""

    visit: int
    shift: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """The loads of the visits on a shift add up to `limit` at most; `loads` has one entry per visit."""

    shift: int
    name: str
    limit: int
    loads: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """`visit` is on the route of `after`, somewhere after it."""

    visit: int
    after: int


@dataclass(frozen=True, slots=True)
class Setup:
    """Seconds between arrival and start, unless the visit before has the same group (None: always spent)."""

    visit: int
    seconds: int
    group: str | None


@dataclass(frozen=True, slots=True)
class Synchronised:
    """So many officers start the visit together."""

    visit: int
    members: int


@dataclass(frozen=True, slots=True)
class Required:
    """The visit must be served."""

    visit: int
    rule: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A break of the shift, with the index it has there; the bounds may be narrower than the shift says."""

    shift: int
    index: int
    bounds: Break


Primitive: TypeAlias = Forbidden | Starts | Bonus | Capacity | Later | Setup | Synchronised | Required | Rest
