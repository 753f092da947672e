"""What a plan costs, recomputed from its stops, and the vector by which plans are compared."""

from optimizer.itinerary import Itinerary, itineraries
from optimizer.model import Cost, Plan, Problem, Visit
from optimizer.rules.stability import changed

DAY = 86400


def cost_of(problem: Problem, plan: Plan) -> Cost:
    """Return every term of the cost of these routes; the plan's own `cost` and `unassigned` are not looked at."""
    days = itineraries(problem, plan)
    served = {call.visit.id: call.stop.start for day in days for call in day.calls}
    lost = [visit for visit in problem.visits if visit.id not in served]
    return Cost(
        mandatory_lost=sum(visit.weight for visit in lost if visit.mandatory),
        lost_weight=sum(visit.weight for visit in lost),
        late=sum(lateness(visit, served[visit.id]) for visit in problem.visits if visit.id in served),
        travel_seconds=sum(day.travel for day in days),
        travel_metres=sum(day.metres + sum(call.metres for call in day.calls) for day in days),
        overtime_seconds=sum(max(0, day.home - day.shift.end) for day in days),
        prefer=-sum(call.visit.prefer.get(day.officer.id, 0) for day in days for call in day.calls),
        changes=problem.stability.per_change * len(changed(problem, plan)),
        fairness=_fairness(problem, days),
    )


def lateness(visit: Visit, start: int) -> int:
    """Return the weight lost by starting so late: per started day after due."""
    if visit.due is None or start <= visit.due:
        return 0
    return visit.late_weight_per_day * -(-(start - visit.due) // DAY)


def _fairness(problem: Problem, days: list[Itinerary]) -> int:
    worked = {officer.id: officer.history.minutes * 60 for officer in problem.officers}
    for day in days:
        worked[day.officer.id] += day.travel + sum(call.preparation + call.visit.seconds for call in day.calls)
    return unfairness(problem.fairness_per_minute, list(worked.values()))


def unfairness(per_minute: int, worked: list[int]) -> int:
    """Return per_minute x the mean absolute deviation, in minutes, of the officers' working seconds; rounded down."""
    if not per_minute or not worked:
        return 0
    total, count = sum(worked), len(worked)
    # |n x - total| keeps the mean in integers until the one division.
    return per_minute * sum(abs(count * seconds - total) for seconds in worked) // (count * count * 60)


def rank(problem: Problem, cost: Cost) -> tuple[int, ...]:
    """Return the objective of the problem as a tuple: smaller is better, earlier entries decide first."""
    terms = {
        "served": cost.lost_weight,
        "late": cost.late,
        "travel": cost.travel_seconds,
        "overtime": cost.overtime_seconds,
        "prefer": cost.prefer,
        "changes": cost.changes,
        "fairness": cost.fairness,
    }
    return (cost.mandatory_lost, *(sum(terms[term] for term in group) for group in problem.objective))
