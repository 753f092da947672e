"""Every member of a crew has the skills that their task needs."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from optimizer.itinerary import assignments
from optimizer.model import Breach, Officer, Plan, Problem
from optimizer.rules.primitives import Forbidden, Primitive


class Skills:
    def applies(self, problem: Problem) -> bool:
        return any(needs for visit in problem.visits for needs in visit.crew)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for v, visit in enumerate(problem.visits):
            for member, needs in enumerate(visit.crew):
                for s, (officer, _) in enumerate(problem.duties()):
                    for skill, level in officer.lacks(needs).items():
                        has = officer.skills.get(skill, 0)
                        yield Forbidden(v, member, s, "skill", f"{skill}>={level}", f"{skill}={has}", level - has)

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        crews: dict[str, dict[str, Officer]] = {}
        for itinerary, call in assignments(problem, plan):
            crews.setdefault(call.visit.id, {})[itinerary.officer.id] = itinerary.officer
        for name, crew in crews.items():
            tasks = problem.visit_by_id[name].crew
            # A crew of the wrong size is the crew rule's matter: here each officer must do for some task.
            if len(crew) == len(tasks) and not _can_share(tuple(crew.values()), tasks):
                yield from _lacking(name, tuple(crew.values()), tasks)


def _can_share(crew: tuple[Officer, ...], tasks: tuple[Mapping[str, int], ...]) -> bool:
    return any(
        not any(officer.lacks(needs) for officer, needs in zip(order, tasks, strict=True)) for order in permutations(crew)
    )


def _lacking(name: str, crew: tuple[Officer, ...], tasks: tuple[Mapping[str, int], ...]) -> Iterator[Breach]:
    for officer, needs in zip(crew, tasks, strict=True):
        for skill, level in officer.lacks(needs).items():
            has = officer.skills.get(skill, 0)
            yield Breach("skill", name, officer.id, f"{skill}>={level}", f"{skill}={has}", level - has)
