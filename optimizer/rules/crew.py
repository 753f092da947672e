"""A visit has as many officers as its crew, different ones, all starting together."""

from collections.abc import Iterator

from optimizer.itinerary import assignments
from optimizer.model import Breach, Plan, Problem
from optimizer.rules.primitives import Primitive, Synchronised


class Crew:
    def applies(self, problem: Problem) -> bool:
        return bool(problem.visits)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        for v, visit in enumerate(problem.visits):
            if len(visit.crew) > 1:
                yield Synchronised(v, len(visit.crew))

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        starts: dict[str, list[tuple[str, int]]] = {}
        for itinerary, call in assignments(problem, plan):
            starts.setdefault(call.visit.id, []).append((itinerary.officer.id, call.stop.start))
        for name, members in starts.items():
            needed, officers = len(problem.visit_by_id[name].crew), {officer for officer, _ in members}
            if not len(officers) == len(members) == needed:
                margin = abs(len(members) - needed) or 1
                yield Breach("crew", name, members[0][0], f"{needed} different officers", f"{len(members)} stops", margin)
            apart = max(start for _, start in members) - min(start for _, start in members)
            if apart:
                yield Breach("crew_start", name, members[0][0], "the same start", f"{apart} s apart", apart)
