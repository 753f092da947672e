"""Days that are opened, moved and closed are told, also once they are no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from server.domain.caller import Role
from server.domain.opening import Effect, OpeningRule, Recurrence, Subject, SubjectKind
from tests.makers.world import BOSS, World
from tests.watch.conftest import Served, news

NEXT_TUESDAY, APRIL = date(2026, 3, 31), date(2026, 4, 1)


def _changes(watch: Any) -> list[tuple[date, str]]:
    told = news(watch)
    return [(date(one.date.year, one.date.month, one.date.day), one.resource) for one in told.changes]


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.MANAGER])
def test_a_day_is_told_when_it_opens_moves_and_is_no_more(world: World, served: Served, role: Role) -> None:
    """C05, C07."""
    watch = served.days(role=role)
    next(watch)
    anna = Subject(SubjectKind.OFFICER, "anna")
    new = OpeningRule(anna, Effect.OPEN, Recurrence.DATE, time(9), time(12), first=NEXT_TUESDAY, after_last=APRIL)
    expected = [(NEXT_TUESDAY, "officers/anna" if role is Role.MANAGER else "")]
    rule = world.app.opening.create(world.request(BOSS), new)
    assert _changes(watch) == expected
    moved = world.app.opening.update(world.request(BOSS), rule.name, "", lambda old: replace(old, end=time(15)))
    assert _changes(watch) == expected
    token = next(served.days(role=role)).resume_token
    world.app.opening.delete(world.request(BOSS), moved.name, "")
    assert _changes(watch) == expected
    assert _changes(served.days(token, role)) == expected
