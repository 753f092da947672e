"""Ruin and recreate (Schrimpf et al. 2000) in plain Python: expresses every rule, for what other engines cannot."""

from random import Random

from optimizer.compiled import NO_ROAD, REMOTE, Compiled
from optimizer.draft import Draft, Undo
from optimizer.engines.engine import Budget
from optimizer.engines.greedy import fill
from optimizer.exchange import removable

LARGEST_RUIN = 8
REFILL = 12


class Ruin:
    name = "ruin"

    def cannot(self, _compiled: Compiled) -> list[str]:
        return []

    def improve(self, draft: Draft, budget: Budget, seed: int) -> tuple[Draft, int]:
        random, done = Random(seed), 0  # noqa: S311 - a search needs repeatable numbers, not secret ones
        best = draft.rank()
        while not budget.spent(done) and draft.compiled.tasks:
            rank = _step(draft, random, best)
            done += 1
            if rank < best:
                budget.progress(done, rank)
                best = rank
        return draft, done


def _step(draft: Draft, random: Random, before: tuple[int, ...]) -> tuple[int, ...]:
    """Take some neighbouring visits off their routes, insert again, and go back if the plan became worse."""
    gone = _neighbours(draft, random)
    kept = _state(draft)
    if draft.apply(draft.without(gone)) is None:
        return before
    waiting = [visit for visit in draft.unserved() if visit not in gone]
    again = gone + random.sample(waiting, min(REFILL, len(waiting)))
    random.shuffle(again)
    fill(draft, again)
    rank = draft.rank()
    if rank > before:
        _restore(draft, kept)
        return before
    return rank


def _neighbours(draft: Draft, random: Random) -> list[int]:
    """Return served visits near a random one, which may itself be waiting."""
    tasks = draft.compiled.tasks
    centre = tasks[random.randrange(len(tasks))].place
    served = [visit for visit, duties in enumerate(draft.where) if duties and removable(draft, visit)]
    random.shuffle(served)
    if centre != REMOTE and draft.compiled.duties:
        legs = draft.compiled.duties[0].legs[centre]
        served.sort(key=lambda visit: NO_ROAD if tasks[visit].place == REMOTE else legs[tasks[visit].place])
    return served[: random.randint(1, LARGEST_RUIN)]


def _state(draft: Draft) -> Undo:
    orders = dict(enumerate(draft.orders))
    return Undo(orders, dict(enumerate(draft.timings)), dict(draft.lower))


def _restore(draft: Draft, kept: Undo) -> None:
    draft.restore(kept)
