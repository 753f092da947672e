"""Answers to requests are kept for a week, and deleted a little at a time."""

from datetime import UTC, datetime, timedelta
from typing import cast

from server.usecases.answers import REMEMBERED, Answers
from server.usecases.ports import Store
from tests.makers.stage import opened, world
from tests.makers.world import World

__all__ = ["opened", "world"]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_answers_are_forgotten_after_seven_days_and_not_before(world: World) -> None:
    answers = Answers(world.app.store, world.clock)
    with world.app.store.begin(world.request(key="first")) as tx:
        tx.answer("done")
    world.clock.forward(days=7)
    assert answers.forget() == 0
    world.clock.forward(seconds=1)
    assert answers.forget() == 1
    with world.app.store.begin(world.request(key="first")) as tx:
        tx.answer("done again")


def test_a_worker_that_was_away_deletes_an_hour_at_a_time() -> None:
    class Kept:
        """Answers, one a minute over the five days in which nothing was forgotten."""

        def __init__(self) -> None:
            self.ages = [REMEMBERED + timedelta(minutes=minute) for minute in range(-60, 5 * 24 * 60)]
            self.batches: list[int] = []

        def forget_answers(self, before: datetime) -> int:
            left = [age for age in self.ages if NOW - age >= before]
            self.batches.append(len(self.ages) - len(left))
            self.ages = left
            return self.batches[-1]

    kept = Kept()
    assert Answers(cast(Store, kept), lambda: NOW).forget() == 5 * 24 * 60 - 1
    assert max(kept.batches) == 60
    assert max(kept.ages) == REMEMBERED
