"""Feeds over a real store."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from server.calendars.feed import render
from server.domain.caller import Caller, Request, Role
from server.domain.errors import NotFound, NotYours
from server.domain.feed import NewFeed
from server.store import tables
from server.store.store import SqlStore, make_engine
from server.usecases.feeds import Feeds
from server.usecases.ports import AlreadyAnswered
from tests.calendars.linter import defects
from tests.calendars.makers import NOW
from tests.makers.world import wipe

TOKEN = "t" * 43
ADMIN = Caller("admin", Role.BOOKING_ADMINISTRATOR)
ANNA = Caller("anna", Role.OFFICER, "anna")
BEN = Caller("ben", Role.OFFICER, "ben")


def _clock() -> datetime:
    return NOW


def ask(caller: Caller, number: int = 1) -> Request:
    return Request(caller, "Feeds", f"request-{number}", b"body", lambda result: repr(result).encode())


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = make_engine(database_url, 2)
    wipe(engine)
    base = sa.func.ST_GeogFromText("SRID=4326;POINT(24.94 60.17)")
    with engine.begin() as connection:
        team = connection.execute(
            sa.insert(tables.team).values(code="north", name="North", zone="Europe/Helsinki").returning(tables.team.c.id)
        ).scalar_one()
        for code in ("anna", "ben"):
            number = connection.execute(
                sa.insert(tables.resource).values(kind="officer").returning(tables.resource.c.id)
            ).scalar_one()
            row: dict[str, Any] = {"id": number, "code": code, "name": code.title(), "team_id": team, "mode": "foot"}
            connection.execute(sa.insert(tables.officer).values(**row, base=base))
    yield engine
    wipe(engine)
    engine.dispose()


@pytest.fixture
def feeds(engine: sa.Engine) -> Feeds:
    return Feeds(SqlStore(engine, _clock), render, _clock, lambda: TOKEN)


def make(feeds: Feeds, caller: Caller = ADMIN, officer: str = "anna") -> NewFeed:
    return feeds.create(ask(caller), officer, private_titles=True)


def test_a_feed_is_read_with_its_token(feeds: Feeds) -> None:
    new = make(feeds)
    assert new.token == TOKEN
    content = feeds.read(TOKEN)
    assert defects(content.ics) == []
    assert "X-WR-CALNAME:Fieldwork: Anna\r\n" in content.ics


def test_the_token_is_nowhere_in_the_database(feeds: Feeds, engine: sa.Engine) -> None:
    make(feeds)
    with engine.begin() as connection:
        kept = [str(row) for table in (tables.feed, tables.answer) for row in connection.execute(sa.select(table)).all()]
    assert len(kept) == 2
    assert TOKEN not in "".join(kept)


def test_a_repeated_request_does_not_tell_the_token_again(feeds: Feeds) -> None:
    make(feeds)
    with pytest.raises(AlreadyAnswered) as answered:
        make(feeds)
    assert b"anna" in answered.value.answer
    assert TOKEN.encode() not in answered.value.answer


def test_unknown_and_revoked_tokens_are_refused_alike(feeds: Feeds) -> None:
    new = make(feeds)
    with pytest.raises(NotFound) as unknown:
        feeds.read("u" * 43)
    feeds.revoke(ask(ADMIN, 2), new.feed.name)
    with pytest.raises(NotFound) as revoked:
        feeds.read(TOKEN)
    assert str(unknown.value) == str(revoked.value)
    assert unknown.value.facts == revoked.value.facts == {}
    with pytest.raises(NotFound):
        feeds.revoke(ask(ADMIN, 3), new.feed.name)


def test_officers_make_and_revoke_their_own_feeds_only(feeds: Feeds) -> None:
    with pytest.raises(NotYours):
        make(feeds, BEN)
    new = make(feeds, ANNA)
    with pytest.raises(NotYours):
        feeds.revoke(ask(BEN), new.feed.name)
    assert feeds.read(TOKEN).etag
    feeds.revoke(ask(ANNA, 2), new.feed.name)


def test_a_feed_of_nobody_is_refused(feeds: Feeds) -> None:
    with pytest.raises(NotFound):
        make(feeds, officer="nobody")


@pytest.mark.parametrize("token", ["", "\ud800", "x" * 10_000, "' or 1=1 --"])
def test_any_text_as_a_token_is_only_unknown(feeds: Feeds, token: str) -> None:
    with pytest.raises(NotFound):
        feeds.read(token)
