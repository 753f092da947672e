"""The packed route says everything that the day says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.organisation import TravelMode
from server.domain.resource_day import ResourceDay
from server.store.route_codec import pack, unpack
from tests.makers.days import resource_days


@given(resource_days(), st.sampled_from(TravelMode), st.integers(0, 2**63 - 1))
def test_every_day_survives_packing(day: ResourceDay, mode: TravelMode, home: int) -> None:
    day = replace(day, mode=mode, home=home)
    assert unpack(pack(day), day.day, day.resource, day.span, day.seq) == day


def test_a_route_of_another_release_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="route format 9 is not 2: another release"):
        unpack(b"\x09" + bytes(60), None, 0, None, 0)  # type: ignore[arg-type]
