"""Figures and enum values in the words that people read."""

from __future__ import annotations

from fieldwork.v1 import common_pb2, planning_pb2

_MODES: dict[int, str] = {
    common_pb2.TRAVEL_MODE_CAR: "by car",
    common_pb2.TRAVEL_MODE_BICYCLE: "by bicycle",
    common_pb2.TRAVEL_MODE_FOOT: "on foot",
}
_CLASSES: dict[int, str] = {
    planning_pb2.UnassignedVisit.CLASS_NO_SKILL: "nobody on shift has the skills",
    planning_pb2.UnassignedVisit.CLASS_NO_ROAD: "no way leads there",
    planning_pb2.UnassignedVisit.CLASS_NO_TIME: "does not fit even into an empty day",
    planning_pb2.UnassignedVisit.CLASS_NO_CAPACITY: "a limit on numbers or loads refuses it",
    planning_pb2.UnassignedVisit.CLASS_OUTRANKED: "fits only in place of visits that weigh as much or more",
    planning_pb2.UnassignedVisit.CLASS_CHANGES_EXHAUSTED: "the limit on changes refuses it",
    planning_pb2.UnassignedVisit.CLASS_NOT_FOUND: "may be feasible; none was found",
}


def minutes(seconds: float) -> str:
    """Return a duration as people say it: `47 s`, `12 min`, `3 h 05`."""
    if abs(seconds) < 60:
        return f"{seconds:.0f} s"
    whole = round(seconds / 60)
    return f"{whole} min" if abs(whole) < 100 else f"{whole // 60} h {whole % 60:02d}"


def per_visit(figures: planning_pb2.PlanFigures) -> str:
    """Return the travel per served visit, a dash when nothing is served."""
    if not figures.served_visits:
        return "-"
    seconds = round(figures.travel_seconds / figures.served_visits)
    return f"{seconds // 60}:{seconds % 60:02d} min"


def mode_word(mode: int) -> str:
    """Return how an officer gets about."""
    return _MODES.get(mode, "")


def class_words(visit: planning_pb2.UnassignedVisit) -> str:
    """Return why no officer has a visit."""
    return _CLASSES.get(getattr(visit, "class"), "no reason given")


def address_line(address: common_pb2.Address) -> str:
    """Return an address on one line; empty when nothing is known."""
    street = f"{address.street} {address.house_number}".strip()
    city = f"{address.postcode} {address.city}".strip()
    return ", ".join(part for part in (street, city) if part)
