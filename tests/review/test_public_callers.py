"""What the public must not learn: who works here, and when each of them is busy."""

import pytest

from server.domain.errors import InvalidField
from tests.makers.world import ADVICE, PUBLIC, THURSDAY, World, at, between


@pytest.mark.parametrize("officer", ["anna", "nobody"])
def test_the_public_chooses_no_officer(world: World, officer: str) -> None:
    with pytest.raises(InvalidField, match="officer"):
        world.search(ADVICE.code, between(THURSDAY, 8, 16), officer=officer, caller=PUBLIC)
    with pytest.raises(InvalidField, match="officer"):
        world.hold(ADVICE.code, at(THURSDAY, 9), officer=officer, caller=PUBLIC)
    with pytest.raises(InvalidField, match="officer"):
        world.book(ADVICE.code, at(THURSDAY, 9), officer=officer, caller=PUBLIC)
