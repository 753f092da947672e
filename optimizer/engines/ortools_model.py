"""A draft's problem as an OR-Tools routing model. Times count from the first shift's start.

One node per crew member of each visit that the model may serve, then one per place where shifts start or end.
The cumulated time of a node is the start of its preparation, less a setup that a visit before may share: breaks
may interrupt a shared setup here, and timing puts that right. Crews keep the common start that the draft gave them:
modelled free, every insertion heuristic serves nothing from 300 visits on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ortools.constraint_solver import pywrapcp

from optimizer.compiled import NO_ROAD, Compiled, Task, Windows, intersection
from optimizer.draft import Draft, Orders
from optimizer.engines.prices import Prices, prices_of
from optimizer.rules.primitives import Capacity


@dataclass(frozen=True, slots=True)
class Node:
    """A task of a visit, or (visit -1) a place where shifts begin or end."""

    visit: int
    member: int
    place: int


class Model:
    """The routing model of one draft, and the way there and back."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._compiled = draft.compiled
        self._duties, self._tasks = self._compiled.duties, self._compiled.tasks
        self._origin = min(duty.start for duty in self._duties)
        self._horizon = max(duty.end for duty in self._duties) - self._origin
        self._prices: Prices = prices_of(self._compiled)
        self._nodes = _nodes(draft)
        places = {node.place: i for i, node in enumerate(self._nodes) if node.visit < 0}
        ends = [places[duty.destination] for duty in self._duties]
        starts = [places[duty.origin] for duty in self._duties]
        self._manager = pywrapcp.RoutingIndexManager(len(self._nodes), len(self._duties), starts, ends)
        self.routing = pywrapcp.RoutingModel(self._manager)
        self._registered: dict[object, int] = {}
        self._time = self._add_time()
        self._add_costs()
        self._add_breaks()
        self._add_limits()
        for visit in dict.fromkeys(node.visit for node in self._nodes if node.visit >= 0):
            self._add_visit(visit)

    def _index(self, node: int) -> int:
        return int(self._manager.NodeToIndex(node))

    def _matrix(self, key: object, cell: Callable[[Node, Node], int]) -> int:
        """Register a transit matrix once per key."""
        if key not in self._registered:
            rows = [[cell(one, two) for two in self._nodes] for one in self._nodes]
            self._registered[key] = self.routing.RegisterTransitMatrix(rows)
        return self._registered[key]

    def _add_time(self) -> Any:
        transits = []
        for duty in self._duties:
            transits.append(self._matrix(("time", id(duty.legs)), _seconds(duty.legs, self._tasks, self._horizon)))
        self.routing.AddDimensionWithVehicleTransits(transits, self._horizon, self._horizon, False, "time")
        time = self.routing.GetDimensionOrDie("time")
        overtime = self._prices.term.get("overtime", 0)
        for s, duty in enumerate(self._duties):
            for end in (self.routing.Start(s), self.routing.End(s)):
                time.CumulVar(end).SetRange(duty.start - self._origin, duty.end - self._origin)
            if overtime and duty.end > duty.paid_end:
                time.SetCumulVarSoftUpperBound(self.routing.End(s), duty.paid_end - self._origin, overtime)
        return time

    def _add_costs(self) -> None:
        travel = self._prices.term.get("travel", 0)
        for s, duty in enumerate(self._duties):
            extra = tuple(self._extra(node, s) for node in self._nodes)
            key = ("cost", id(duty.legs), extra)
            if key not in self._registered:
                legs = duty.legs
                rows = [
                    [
                        min(legs[a.place][b.place], self._horizon) * travel + more
                        for b, more in zip(self._nodes, extra, strict=True)
                    ]
                    for a in self._nodes
                ]
                self._registered[key] = self.routing.RegisterTransitMatrix(rows)
            self.routing.SetArcCostEvaluatorOfVehicle(self._registered[key], s)

    def _extra(self, node: Node, s: int) -> int:
        """What serving the node on that duty costs besides travel: bonuses count as what the best one leaves."""
        if node.visit < 0:
            return 0
        task, price = self._tasks[node.visit], self._prices.term
        best = max(0, *task.bonus.values()) if task.bonus else 0
        late = self._compiled.late(node.visit, self._duties[s].start) if node.member == 0 else 0
        return (best - task.bonus.get(s, 0)) * price.get("prefer", 0) + late * price.get("late", 0)

    def _add_breaks(self) -> None:
        solver, size = self.routing.solver(), self.routing.Size() + self.routing.vehicles()
        nodes = [self._nodes[self._manager.IndexToNode(index)] for index in range(size)]
        busy = [_busy(node, self._tasks) for node in nodes]
        for s, duty in enumerate(self._duties):
            if not duty.rests:
                continue
            pauses = []
            for index, pause in duty.rests:
                first = max(pause.earliest, duty.start) - self._origin
                last = min(pause.latest, duty.end) - pause.seconds - self._origin
                pauses.append(solver.FixedDurationIntervalVar(first, last, pause.seconds, False, f"break {s} {index}"))
            self._time.SetBreakIntervalsOfVehicle(pauses, s, busy)

    def _add_limits(self) -> None:
        by_name: dict[str, dict[int, Capacity]] = {}
        for s, duty in enumerate(self._duties):
            for limit in duty.limits:
                by_name.setdefault(limit.name, {})[s] = limit
        for name, limits in by_name.items():
            loads = next(iter(limits.values())).loads
            vector = [loads[node.visit] if node.visit >= 0 else 0 for node in self._nodes]
            free = sum(loads) * max(len(task.shifts) for task in self._tasks)
            most = [limits[s].limit if s in limits else free for s in range(len(self._duties))]
            callback = self.routing.RegisterUnaryTransitVector(vector)
            self.routing.AddDimensionWithVehicleCapacity(callback, 0, most, True, name)

    def _add_visit(self, visit: int) -> None:
        task, solver = self._tasks[visit], self.routing.solver()
        indexes = [self._index(i) for i, node in enumerate(self._nodes) if node.visit == visit]
        best = max(0, *task.bonus.values()) if task.bonus else 0
        for member, index in enumerate(indexes):
            # The penalty is shared by the crew: members are served together or not at all.
            lost = self._prices.term.get("served", 0) * task.weight if member == 0 else 0
            if member == 0 and (task.required or self._compiled.problem.visits[visit].mandatory):
                lost += self._prices.required * (task.weight + 1)
            lost += best * self._prices.term.get("prefer", 0)
            self.routing.AddDisjunction([index], lost)
            self.routing.VehicleVar(index).SetValues([-1, *sorted(task.shifts[member])])
            self._bound(index, visit)
            if member:
                solver.Add(self.routing.ActiveVar(index) == self.routing.ActiveVar(indexes[0]))

    def _bound(self, index: int, visit: int) -> None:
        task, start = self._tasks[visit], self._time.CumulVar(index)
        common = self._draft.start(visit) if task.crew > 1 else None
        windows = _within_days(self._compiled, task) if common is None else ((common, common + 1),)
        zero = self._origin + _fixed(task)
        start.SetRange(windows[0][0] - zero, windows[-1][1] - 1 - zero)
        for (_, end), (begin, _) in pairwise(windows):
            start.RemoveInterval(end - zero, begin - 1 - zero)

    def warm(self) -> Any:
        """Return the draft as an assignment of the model, None if the model refuses it."""
        routes: list[list[int]] = []
        node_of = {(node.visit, node.member): self._index(i) for i, node in enumerate(self._nodes)}
        member_of = self._members()
        for s, order in enumerate(self._draft.orders):
            routes.append([node_of[visit, member_of[visit, s]] for visit in order])
        return self.routing.ReadAssignmentFromRoutes(routes, True)

    def _members(self) -> dict[tuple[int, int], int]:
        """Say which member of a crew each duty stands for."""
        found: dict[tuple[int, int], int] = {}
        for visit, duties in enumerate(self._draft.where):
            for member, s in enumerate(_matching(self._tasks[visit].shifts, duties)):
                found[visit, s] = member
        return found

    def orders(self) -> Orders:
        """Return the routes that the model holds now, as from inside a solution callback."""
        found: Orders = {}
        for s in range(len(self._duties)):
            found[s], index = [], self.routing.NextVar(self.routing.Start(s)).Value()
            while not self.routing.IsEnd(index):
                found[s].append(self._nodes[self._manager.IndexToNode(index)].visit)
                index = self.routing.NextVar(index).Value()
        return found


def _nodes(draft: Draft) -> list[Node]:
    """Crews without a start are left out, and what no shift may serve."""
    tasks, duties = draft.compiled.tasks, draft.compiled.duties
    nodes = [
        Node(visit, member, task.place)
        for visit, task in enumerate(tasks)
        if _within_days(draft.compiled, task) and all(task.shifts) and (task.crew == 1 or draft.where[visit])
        for member in range(task.crew)
    ]
    ends = sorted({duty.origin for duty in duties} | {duty.destination for duty in duties})
    return nodes + [Node(-1, 0, place) for place in ends]


def _within_days(compiled: Compiled, task: Task) -> Windows:
    """Return the windows as far as any shift reaches: OR-Tools fails on a variable without values."""
    first = min(duty.start for duty in compiled.duties) + _fixed(task)
    return intersection(task.windows, ((first, max(duty.end for duty in compiled.duties) + 1),))


def _matching(members: list[set[int]], duties: tuple[int, ...]) -> tuple[int, ...]:
    """Return the duties in the order of the members that they can stand for."""
    if not duties:
        return ()
    for s in duties:
        if s in members[0]:
            rest = _matching(members[1:], tuple(other for other in duties if other != s))
            if len(rest) == len(duties) - 1:
                return (s, *rest)
    return ()


def _fixed(task: Task) -> int:
    """Preparation that no visit before can share."""
    return task.before if task.group is not None else task.before + task.setup


def _busy(node: Node, tasks: list[Task]) -> int:
    """Seconds at a node that no break may interrupt."""
    if node.visit < 0:
        return 0
    task = tasks[node.visit]
    return _fixed(task) + task.work + task.after


def _shared_setup(one: Node, two: Node, tasks: list[Task]) -> int:
    if two.visit < 0:
        return 0
    group = None if one.visit < 0 else tasks[one.visit].group
    return tasks[two.visit].preparation(group) - _fixed(tasks[two.visit])


def _seconds(legs: list[list[int]], tasks: list[Task], horizon: int) -> Callable[[Node, Node], int]:
    """Seconds from one cumulated time to the next; where no road leads, more than any day has."""

    def between(one: Node, two: Node) -> int:
        leg = legs[one.place][two.place]
        return horizon + 1 if leg >= NO_ROAD else _busy(one, tasks) + leg + _shared_setup(one, two, tasks)

    return between
