"""Shares of a team's capacity, skills with their periods."""

from dataclasses import replace
from datetime import date

import pytest

from server.domain.errors import InvalidField, NotFound
from server.domain.organisation import Skill, SkillGrant
from server.domain.paging import Page
from tests.makers.world import BOSS, World


def test_a_teams_shares_change_and_the_audit_says_so(world: World) -> None:
    team = world.officers["anna"].team
    changed = world.app.organisation.update_team(world.request(BOSS), team, {"keep_for_inspections_percent": 30})
    assert changed.keep_for_inspections_percent == 30
    assert world.app.organisation.get_team(BOSS, team) == changed


def test_shares_that_make_more_than_everything_are_refused(world: World) -> None:
    team = world.officers["anna"].team
    shares = {"keep_for_inspections_percent": 60, "keep_for_bookings_percent": 50}
    with pytest.raises(InvalidField, match="110 percent"):
        world.app.organisation.update_team(world.request(BOSS), team, shares)
    with pytest.raises(InvalidField, match="only keep_for"):
        world.app.organisation.update_team(world.request(BOSS), team, {"zone": 1})


def test_a_skill_is_granted_for_a_period_and_a_later_grant_cuts_it_back(world: World) -> None:
    def grant(level: int, start: date, end: date) -> None:
        given = SkillGrant("cleo", "lang-sv", level, start, end)
        world.app.organisation.grant_skill(world.request(BOSS), given)

    grant(2, date(2026, 1, 1), date(2027, 1, 1))
    grant(3, date(2026, 6, 1), date(2026, 9, 1))
    with world.app.store.begin() as tx:
        levels = [tx.organisation.officer("cleo", date(2026, month, 1)).skills.get("lang-sv") for month in (5, 6, 8, 9)]
    assert levels == [2, 3, 3, None]


def test_a_grant_that_ends_before_it_begins_or_is_nobodys_is_refused(world: World) -> None:
    given = SkillGrant("cleo", "bsl", 1, date(2026, 2, 1), date(2026, 2, 1))
    with pytest.raises(InvalidField, match="valid_until"):
        world.app.organisation.grant_skill(world.request(BOSS), given)
    with pytest.raises(NotFound):
        world.app.organisation.grant_skill(
            world.request(BOSS), replace(given, officer="nobody", valid_until=date(2026, 3, 1))
        )


def test_the_catalogue_lists_skills_that_officers_have_with_and_without_a_name(world: World) -> None:
    world.app.catalogue.upsert_skill(world.request(BOSS), Skill("lang-sv", "Swedish"))
    world.app.catalogue.upsert_skill(world.request(BOSS), Skill("noise", "Noise"))
    found = world.app.catalogue.skills(BOSS, Page()).items
    assert found == (Skill("food", "", 2), Skill("lang-sv", "Swedish", 0), Skill("noise", "Noise", 1))
