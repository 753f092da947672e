"""Calendar feeds."""

from __future__ import annotations

from fieldwork.v1 import calendars_pb2 as pb

from server.domain.feed import FeedContent, NewFeed
from server.rpc.convert.times import timestamp


def feed_message(new: NewFeed) -> pb.Feed:
    """Return a feed that was just made, with its token."""
    feed = new.feed
    return pb.Feed(
        name=feed.name,
        officer=f"officers/{feed.officer}",
        token=new.token,
        private_titles=feed.private_titles,
        create_time=timestamp(feed.created),
    )


def content_message(content: FeedContent) -> pb.ReadFeedResponse:
    """Return a feed's content as a message."""
    return pb.ReadFeedResponse(ics=content.ics, etag=content.etag)
