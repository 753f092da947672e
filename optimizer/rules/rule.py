"""What a rule is."""

from collections.abc import Iterator
from typing import Protocol

from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Primitive


class Rule(Protocol):
    """When it matters, what it means in primitives, and how anyone can check it without a solver."""

    def applies(self, problem: Problem, /) -> bool: ...

    def compile(self, problem: Problem, /) -> Iterator[Primitive]: ...

    def breaches(self, problem: Problem, plan: Plan, /) -> Iterator[Breach]: ...
