"""A limit on changes of the published plan, kept by not changing it: every stop of base that can stay, stays."""

from dataclasses import replace

from optimizer.compiled import Compiled, intersection
from optimizer.planning import draft_from


def keep_base(compiled: Compiled) -> Compiled:
    """Return the problem with the stops of base bound to their duties, and to their starts within the tolerance.

    Stops that cannot stay (gone officers, changed roads) are free and count as changes; the others are never used
    up to the limit. That is right and not yet the best.
    """
    tolerance = compiled.problem.stability.tolerance
    bound = list(compiled.tasks)
    for visit, stops in compiled.base.items():
        task = compiled.tasks[visit]
        near = intersection(task.windows, tuple((start - tolerance, start + tolerance + 1) for start in stops.values()))
        shifts = [shifts & set(stops) for shifts in task.shifts]
        bound[visit] = replace(task, windows=near, shifts=shifts)
    kept = replace(compiled, tasks=bound)
    staying = draft_from(kept, compiled.problem.base)
    for visit in compiled.base:
        if not staying.where[visit]:
            bound[visit] = compiled.tasks[visit]
    return kept
