"""CalendarService."""

from __future__ import annotations

from fieldwork.v1 import calendars_pb2 as pb
from fieldwork.v1.calendars_pb2_grpc import CalendarServiceServicer
from grpc import ServicerContext

from server.rpc.application import Feeds
from server.rpc.call import write
from server.rpc.convert.feeds import content_message, feed_message
from server.rpc.convert.names import code


class CalendarServicer(CalendarServiceServicer):
    """Calendar feeds."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds

    def CreateFeed(self, request: pb.CreateFeedRequest, context: ServicerContext) -> pb.Feed:
        officer, private = code(request.feed.officer), request.feed.private_titles
        return write(context, request, pb.Feed, lambda key: self._feeds.create(key, officer, private), feed_message)

    def RevokeFeed(self, request: pb.RevokeFeedRequest, context: ServicerContext) -> pb.RevokeFeedResponse:
        return write(
            context,
            request,
            pb.RevokeFeedResponse,
            lambda key: self._feeds.revoke(key, request.name),
            lambda _: pb.RevokeFeedResponse(),
        )

    def ReadFeed(self, request: pb.ReadFeedRequest, _context: ServicerContext) -> pb.ReadFeedResponse:
        return content_message(self._feeds.read(request.token))
