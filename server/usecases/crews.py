"""Who keeps a promise together: the cheapest crew for each lead whose members can start at one time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from server.usecases.ports.basics import DayKey


class Doing(Protocol):
    """One officer's way to keep a promise: work may start from `earliest` to `latest` (included)."""

    @property
    def key(self) -> DayKey:
        """The officer's day."""

    @property
    def cost(self) -> tuple[int, int]:
        """What it costs the plan: weight that is pushed out first, then travel."""

    @property
    def earliest(self) -> Any:
        """The first start."""

    @property
    def latest(self) -> Any:
        """The last start."""


W = TypeVar("W", bound=Doing)
Can = Callable[[W, int], bool]
"""Tells whether a way can be that of a member of the crew, counted from 0, the lead."""


def teams(ways: Sequence[W], members: int, can: Can[W]) -> list[tuple[W, ...]]:
    """Return the cheapest crew for each day whose officer can lead; no officer stands twice in one."""
    ranked = sorted(ways, key=lambda way: (way.cost, way.key[1], way.earliest))
    leads: dict[DayKey, tuple[W, ...]] = {}
    for way in ranked:
        if not can(way, 0):
            continue
        known = leads.get(way.key)
        if known is not None and (members == 1 or total(known) <= way.cost):
            continue
        team = _joined((way,), ranked, members, can)
        if team is not None and (known is None or total(team) < total(known)):
            leads[way.key] = team
    return list(leads.values())


def total(team: Sequence[Doing]) -> tuple[int, int]:
    """Return what a crew costs the plan."""
    return sum(way.cost[0] for way in team), sum(way.cost[1] for way in team)


def _joined(team: tuple[W, ...], ranked: Sequence[W], members: int, can: Can[W]) -> tuple[W, ...] | None:
    """Return the team with the cheapest others who can start with it, or None; for two officers that is the optimum."""
    if len(team) == members:
        return team
    taken = {way.key[1] for way in team}
    earliest, latest = max(way.earliest for way in team), min(way.latest for way in team)
    for way in ranked:
        fits = way.earliest <= latest and earliest <= way.latest
        if fits and can(way, len(team)) and way.key[1] not in taken:
            whole = _joined((*team, way), ranked, members, can)
            if whole is not None:
                return whole
    return None
