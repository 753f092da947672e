"""What a process remembers of catalogue and organisation is never older than the transaction that asks."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from server.domain.errors import NoOfficer
from server.store import tables
from server.usecases.ports import Transaction
from tests.makers.world import ADVICE, CALL, NOW, THURSDAY, World, at


def named(tx: Transaction, asked: list[str]) -> Callable[[], str]:
    """Return what reads a service's name and notes that it was asked."""

    def read() -> str:
        asked.append("read")
        return tx.services.get(CALL.code).name

    return read


def seen(world: World, asked: list[str]) -> str:
    with world.app.store.begin() as tx:
        return tx.remembered(("a test", CALL.code), named(tx, asked))


def test_what_was_read_is_read_again_only_after_a_change(world: World) -> None:
    asked = list[str]()
    assert [seen(world, asked) for _ in range(3)] == [CALL.name] * 3
    assert len(asked) == 1
    world.app.catalogue.upsert(world.request(), replace(CALL, name="Advice"))
    assert [seen(world, asked) for _ in range(3)] == ["Advice"] * 3
    assert len(asked) == 2


def test_what_another_connection_changed_is_seen_by_the_next_transaction(world: World) -> None:
    asked = list[str]()
    seen(world, asked)
    with world.engine.begin() as connection:
        connection.execute(sa.update(tables.service).where(tables.service.c.code == CALL.code).values(name="Other"))
        assert seen(world, asked) == CALL.name
    assert seen(world, asked) == "Other"


def test_what_a_transaction_rolled_back_is_remembered_by_nobody(world: World) -> None:
    asked = list[str]()
    seen(world, asked)

    def changes_its_mind() -> None:
        with world.app.store.begin() as tx:
            tx.services.upsert(replace(CALL, name="Never"))
            assert tx.remembered(("a test", CALL.code), named(tx, asked)) == "Never"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        changes_its_mind()
    assert seen(world, asked) == CALL.name
    world.app.catalogue.upsert(world.request(), replace(CALL, name="Then"))
    assert seen(world, asked) == "Then"


def test_an_officer_who_lost_a_skill_is_not_booked(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 9))
    with world.engine.begin() as connection:
        connection.execute(sa.delete(tables.officer_skill).where(tables.officer_skill.c.skill == "food"))
    with pytest.raises(NoOfficer):
        world.book(ADVICE.code, at(THURSDAY, 11))
    assert world.clock() == NOW
