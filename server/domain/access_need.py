"""Access needs: what a customer needs in order to be served, and what that asks of officers, rooms and offices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.errors import InvalidField


@dataclass(frozen=True, slots=True)
class AccessNeed:
    """A need of the catalogue, e.g. "bsl-interpreter".

    `skill` (at a level from 1 to 9) is what an officer has to have, `feature` what the room or the office has to have;
    without either, the need is only shown to the officer.
    """

    code: str
    title: str
    skill: str = ""
    level: int = 0
    feature: str = ""

    def __post_init__(self) -> None:
        if bool(self.skill) != (self.level > 0):
            raise InvalidField.of(
                "access_need.skill", f"{self.skill!r} does not go with level {self.level}: a skill needs a level from 1 to 9"
            )

    @property
    def name(self) -> str:
        """The resource name."""
        return f"accessNeeds/{self.code}"


@dataclass(frozen=True, slots=True)
class Required:
    """What some needs ask for together: skills with the highest level asked, features that room and office must have."""

    skills: tuple[tuple[str, int], ...] = ()
    features: tuple[str, ...] = ()


def required(needs: Iterable[AccessNeed]) -> Required:
    """Return what the needs ask for together."""
    skills: dict[str, int] = {}
    features = set()
    for need in needs:
        if need.skill:
            skills[need.skill] = max(need.level, skills.get(need.skill, 0))
        if need.feature:
            features.add(need.feature)
    return Required(tuple(sorted(skills.items())), tuple(sorted(features)))
