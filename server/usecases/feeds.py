"""Calendar feeds: an officer's route stops behind a secret address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from server.domain import local_time
from server.domain.caller import Request
from server.domain.errors import NotFound
from server.domain.feed import Feed, FeedContent, NewFeed
from server.domain.route import Route
from server.usecases.ports import Clock, Store

DAYS_BACK = 14
DAYS_AHEAD = 60


class FeedRenderer(Protocol):
    """Writes routes as an iCalendar object."""

    def __call__(
        self, officer_name: str, routes: Sequence[Route], service_names: Mapping[str, str], private_titles: bool
    ) -> FeedContent:
        """Return the content with its entity tag; `service_names` are by code."""


class Feeds:
    """`token_source` gives secrets of 256 bits in 43 characters that are safe in a URL; only their hash is kept."""

    def __init__(self, store: Store, render: FeedRenderer, clock: Clock, token_source: Callable[[], str]) -> None:
        self._store = store
        self._render = render
        self._clock = clock
        self._token_source = token_source

    def create(self, request: Request, officer: str, private_titles: bool) -> NewFeed:
        """Make a feed. The kept answer has no token: whoever repeats the request learns the feed, not its secret."""
        request.caller.must_be_officer(officer)
        now = self._clock()
        with self._store.begin(request) as tx:
            tx.organisation.officer(officer, now.date())
            feed = Feed(self._store.ids.unguessable(), officer, private_titles, now)
            token = self._token_source()
            tx.feeds.add(feed, _hashed(token))
            tx.answer(NewFeed(feed, ""))
        return NewFeed(feed, token)

    def revoke(self, request: Request, name: str) -> None:
        """Make a feed's address useless."""
        with self._store.begin(request) as tx:
            feed = tx.feeds.get(name)
            request.caller.must_be_officer(feed.officer)
            tx.feeds.revoke(feed, self._clock())
            tx.answer(None)

    def read(self, token: str) -> FeedContent:
        """Return the content, from 14 days ago to 60 days ahead; an unknown and a revoked token are refused alike."""
        now = self._clock()
        with self._store.begin() as tx:
            feed = tx.feeds.by_token(_hashed(token))
            if feed is None:
                raise NotFound("there is no such feed")
            officer = tx.organisation.officer(feed.officer, now.date())
            today = local_time.local_date(now, local_time.zone(officer.zone))
            start, end = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
            routes = tx.routes.routes(tx.routes.days(officer.id, start, end))
            services = tx.services.some({stop.service for route in routes for stop in route.stops if stop.service})
        names = {code: service.name for code, service in services.items()}
        return self._render(officer.name, sorted(routes, key=lambda route: route.day), names, feed.private_titles)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
