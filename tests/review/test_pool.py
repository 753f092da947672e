"""A use case under lock must never wait for what other use cases hold."""

from server.domain.commands import NewBooking
from server.settings import Settings
from server.wiring import build
from tests.makers.world import ADVICE, CUSTOMER, THURSDAY, World, at


def test_a_booking_needs_no_second_connection_of_the_pool(world: World) -> None:
    """As many calls run as there are connections: one that asked for another under lock waited for all the others."""
    app = build(Settings(pool_size=1), world.url, world.clock)
    try:
        slot = world.choice(ADVICE.code, at(THURSDAY, 9), officer="anna")
        assert app.bookings.create(world.request(), NewBooking(None, slot, CUSTOMER)).officers == ("anna",)
    finally:
        app.close()
