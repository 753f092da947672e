"""H06, H07: every step in every state is done, or refused as a whole."""

import pytest

from server.domain.booking import BookingState
from server.domain.errors import IllegalTransition
from server.store import tables
from tests.makers.world import World
from tests.usecases.steps import STEPS, in_state


def everything(world: World) -> dict[str, list[object]]:
    return {table.name: world.rows(table) for table in tables.metadata.sorted_tables}


@pytest.mark.parametrize("state", BookingState)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_in_every_state_is_done_or_refused_whole(world: World, step: str, state: BookingState) -> None:
    booking = in_state(world, state)
    take, possible = STEPS[step]
    if state in possible:
        take(world, booking)
        return
    before, jobs = everything(world), world.jobs()
    with pytest.raises(IllegalTransition):
        take(world, booking)
    assert everything(world) == before
    assert world.jobs() == jobs
