"""What is pinned stays: served, with those officers, at that start, later on the route of that other visit."""

from collections.abc import Iterator

from optimizer.itinerary import Call, Itinerary, assignments, itineraries
from optimizer.model import Breach, Pin, Plan, Problem
from optimizer.rules.primitives import Forbidden, Later, Primitive, Required, Starts


class Pins:
    def applies(self, problem: Problem) -> bool:
        return bool(problem.pins)

    def compile(self, problem: Problem) -> Iterator[Primitive]:
        index = {visit.id: v for v, visit in enumerate(problem.visits)}
        for pin in problem.pins:
            v = index[pin.visit]
            yield Required(v, "pin")
            if pin.start is not None:
                yield Starts(v, ((pin.start, pin.start + 1),), "pin")
            if pin.after is not None:
                yield Required(index[pin.after], "pin")
                yield Later(v, index[pin.after])
            if pin.officers is not None:
                yield from _others(problem, pin, v)

    def breaches(self, problem: Problem, plan: Plan) -> Iterator[Breach]:
        served: dict[str, list[tuple[Itinerary, Call]]] = {}
        for itinerary, call in assignments(problem, plan):
            served.setdefault(call.visit.id, []).append((itinerary, call))
        for pin in problem.pins:
            stops = served.get(pin.visit, [])
            if not stops:
                yield Breach("pin", pin.visit, None, "served", "left out", 1)
            yield from _officers_and_start(pin, stops)
            yield from _order(problem, plan, pin)


def _others(problem: Problem, pin: Pin, v: int) -> Iterator[Primitive]:
    wanted = pin.officers or ()
    for s, (officer, _) in enumerate(problem.duties()):
        if officer.id not in wanted:
            for member in range(len(problem.visits[v].crew)):
                yield Forbidden(v, member, s, "pin", "one of " + ", ".join(wanted), officer.id)


def _officers_and_start(pin: Pin, stops: list[tuple[Itinerary, Call]]) -> Iterator[Breach]:
    for itinerary, call in stops:
        officer = itinerary.officer.id
        if pin.officers is not None and officer not in pin.officers:
            yield Breach("pin", pin.visit, officer, "one of " + ", ".join(pin.officers), officer, 1)
        if pin.start is not None and call.stop.start != pin.start:
            margin = abs(call.stop.start - pin.start)
            yield Breach("pin", pin.visit, officer, f"start={pin.start}", str(call.stop.start), margin)


def _order(problem: Problem, plan: Plan, pin: Pin) -> Iterator[Breach]:
    if pin.after is None:
        return
    for day in itineraries(problem, plan):
        ids = [call.visit.id for call in day.calls]
        if pin.visit in ids and pin.after not in ids[: ids.index(pin.visit)]:
            yield Breach("pin", pin.visit, day.officer.id, f"later than {pin.after}", "not later", 1)
