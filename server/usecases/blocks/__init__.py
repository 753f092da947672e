"""Block bookings: sessions opened in bulk, officers and room reserved with them."""

from server.usecases.blocks.blocks import BlockBookings

__all__ = ["BlockBookings"]
