"""WatchService: the only servicer that is asynchronous, because it mostly waits."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from fieldwork.v1 import watch_pb2 as pb
from fieldwork.v1.watch_pb2_grpc import WatchServiceServicer
from grpc import ServicerContext

from server.rpc.call import caller_of
from server.rpc.convert.watching import booking_change, day_change
from server.rpc.watching.streams import Streams
from server.usecases.watching import must_be_allowed, seen_bookings, seen_days


class WatchServicer(WatchServiceServicer):
    """Streams of what changes."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    async def WatchBookings(
        self, request: pb.WatchBookingsRequest, context: ServicerContext
    ) -> AsyncIterator[pb.WatchBookingsResponse]:
        caller = caller_of(context)
        told = self._streams.bookings.follow(
            caller.principal, request.resume_token, lambda news: seen_bookings(caller, news)
        )
        async with contextlib.aclosing(told):
            async for one in told:
                changes = [booking_change(news, caller) for news in one.items]
                yield pb.WatchBookingsResponse(changes=changes, resume_token=one.token)

    async def WatchDays(self, request: pb.WatchDaysRequest, context: ServicerContext) -> AsyncIterator[pb.WatchDaysResponse]:
        caller = caller_of(context)
        must_be_allowed(caller, request.resource)
        told = self._streams.days.follow(
            caller.principal, request.resume_token, lambda news: seen_days(caller, request.resource, news)
        )
        async with contextlib.aclosing(told):
            async for one in told:
                yield pb.WatchDaysResponse(changes=map(day_change, one.items), resume_token=one.token)
