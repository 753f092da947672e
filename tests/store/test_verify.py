"""The checker finds what was broken behind the server's back, and nothing where all is right."""

import re

import pytest
import sqlalchemy as sa

from server.settings import Settings
from server.setup import commands
from server.store import verify
from tests.makers.world import ADVICE, CALL, INSPECTION, SURPRISE, THURSDAY, World, at, between

BREAKS = {
    "delete from occupancy where kind = 'home'": r"occupancy \d+ is None, the route says Occupancy",
    "update occupancy set lead_s = lead_s + 1 where kind = 'stop'": r"occupancy \d+ is Occupancy",
    "update occupancy set busy = tstzrange(lower(busy), upper(busy) - interval '1 s') where kind = 'home'": "the route says",
    "update occupancy set visit_id = null where kind = 'stop' and booking_id is not null": "occupies time as visit None",
    "update resource_day set bitmap = '\\x00'": "the bitmap is 00, the route says",
    "update resource_day set max_gap = 1": "the longest gap is 1 s",
    "update resource_day set route = overlay(route placing '\\x01000000' from 33)": "the route says",
    "update overlay set busy = tstzrange(lower(busy), upper(busy) + interval '1 h')": "the facts on the route are",
    "update booking set state = 'CANCELLED', cancel_reason = 'X'": r"\(CANCELLED\) still occupies time",
    "update booking set promise = tstzrange(upper(promise), upper(promise) + interval '1 h')": "outside its promise",
    "update visit set state = 'OPEN' where booking_id is not null": "is OPEN, but is on a route",
    "update visit set state = 'PLANNED' where booking_id is null": "is PLANNED, but is on no route",
}


@pytest.fixture
def busy(tampered: World) -> World:
    """Something of every sort, and nothing wrong."""
    tampered.book(INSPECTION.code, at(THURSDAY, 9), officer="anna")
    tampered.book(ADVICE.code, at(THURSDAY, 13), 2, officer="ben")
    tampered.book(CALL.code, at(THURSDAY, 10), officer="ben")
    tampered.hold(ADVICE.code, at(THURSDAY, 15), 3, officer="anna")
    tampered.due(1, 2, service=SURPRISE.code)
    tampered.absent("anna", between(THURSDAY, 10, 12))
    assert tampered.flaws() == []
    return tampered


@pytest.mark.parametrize("statement", BREAKS)
def test_what_was_broken_is_found(busy: World, statement: str) -> None:
    with busy.engine.begin() as connection:
        assert connection.execute(sa.text(statement)).rowcount > 0
    assert any(re.search(BREAKS[statement], flaw) for flaw in busy.flaws()), busy.flaws()


def test_a_hold_that_keeps_no_time_is_found(busy: World) -> None:
    with busy.engine.begin() as connection:
        connection.execute(sa.text("delete from occupancy where kind = 'hold'"))
    assert any(re.fullmatch(r"hold \d+ occupies nothing", flaw) for flaw in busy.flaws())


def test_a_booking_without_time_is_found(busy: World) -> None:
    with busy.engine.begin() as connection:
        connection.execute(sa.text("delete from occupancy where booking_id is not null"))
    assert any(re.fullmatch(r"booking \d+ \(CONFIRMED\) occupies nothing", flaw) for flaw in busy.flaws())


def test_a_leg_that_is_too_short_is_found(busy: World) -> None:
    longer = verify.verify(busy.url, lambda _mode, _places: lambda start, end: 0 if start == end else 9_999)
    assert any("of travel, the way takes 9999 s" in flaw for flaw in longer)
    assert any("the way home is given" in flaw for flaw in longer)


def test_every_page_is_read(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "PAGE", 2)
    assert busy.flaws() == []
    with busy.engine.begin() as connection:
        connection.execute(sa.text("update resource_day set max_gap = -1"))
        days = connection.execute(sa.text("select count(*) from resource_day")).scalar_one()
    assert len(busy.flaws()) == days > 4


def test_the_command_says_what_differs(busy: World, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(database_url=busy.url)
    assert commands.verify(settings) == commands.DONE
    assert capsys.readouterr().out == "every route, row and promise agrees\n"
    with busy.engine.begin() as connection:
        connection.execute(sa.text("delete from occupancy where kind = 'home'"))
    assert commands.verify(settings) == commands.REFUSED
    assert re.search(r"2026-03-26 resource \d+: occupancy .*\n2 contradictions\n", capsys.readouterr().out, re.DOTALL)
