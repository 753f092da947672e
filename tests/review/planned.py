"""Plans of the small authority, and a way to stop a publish in its middle."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest

from server.domain.booking import Booking
from server.domain.commands import RunPlan
from server.domain.ids import encode
from server.domain.plan import Plan, Published, Unassigned
from server.usecases.publishing import Merged, Merger
from tests.makers.world import BOSS, THURSDAY, World


def planned(world: World, day: date = THURSDAY, team: str = "north") -> Plan:
    """Return a checked plan of the team's open visits."""
    run = world.app.planning.run(world.request(BOSS), RunPlan(team, day, 1, 1))
    world.app.planning.execute(run.id)
    with world.app.store.begin() as tx:
        done = tx.plans.operation(run.name)
        assert done.error is None
        plan = tx.plans.get(f"plans/{encode(done.plan)}")
    assert plan.breaches == ()
    return plan


def publish(world: World, plan: Plan) -> Published:
    """Publish it."""
    return world.app.planning.publish(world.request(BOSS), plan.name, "")


def with_promise_of(world: World, plan: Plan, booking: Booking, officer: str) -> Plan:
    """Return the plan, stored, with the booking's visit on that officer's route; nobody's: left out."""
    stop = next(stop for route in plan.routes for stop in route.stops if stop.visit == booking.visit)
    routes = []
    for route in plan.routes:
        stops = [other for other in route.stops if other is not stop]
        stops += [stop] if route.officer_code == officer else []
        routes.append(replace(route, stops=tuple(sorted(stops, key=lambda one: one.start))))
    left = Unassigned(booking.visit, "", 100, "OUTRANKED", (), "")
    changed = replace(plan, routes=tuple(routes), unassigned=() if officer else (left,))
    with world.app.store.begin() as tx:
        tx.plans.save(changed)
    return changed


@contextmanager
def while_merging(monkeypatch: pytest.MonkeyPatch, publishing: Callable[[], object]) -> Iterator[None]:
    """Do the body while a publish in another thread has its days locked and its visits read, but nothing written."""
    reached, go, merge = threading.Event(), threading.Event(), Merger.merge

    def stopped(self: Merger, plan: Plan) -> Merged:
        reached.set()
        assert go.wait(10)
        return merge(self, plan)

    monkeypatch.setattr(Merger, "merge", stopped)
    thread = threading.Thread(target=publishing)
    thread.start()
    try:
        assert reached.wait(10)
        yield
    finally:
        go.set()
        thread.join()
