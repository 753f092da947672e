"""What the demo achieved, for machines."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from clients.cli.demo.scene import Booked, City, Night, Staff


@dataclass(frozen=True, slots=True)
class Summary:
    """The one JSON object of `fieldwork demo --json`. Weights as the plan counts them, travel in seconds."""

    premises: int
    visits: int
    officers: int
    served_weight: int
    lost_weight: int
    travel_seconds: int
    naive_served_weight: int
    naive_travel_seconds: int
    common_travel_seconds: int
    naive_common_travel_seconds: int
    bookings: int
    messages: int
    seconds: float


def summarise(city: City, staff: Staff, night: Night, booked: list[Booked], seconds: float) -> dict[str, int | float]:
    """Return the figures of the story; `seconds` is its wall time."""
    ours, naive = night.plan.figures, night.plan.first_come_figures
    summary = Summary(
        premises=len(city.premises),
        visits=ours.served_visits + ours.lost_visits,
        officers=len(staff.officers),
        served_weight=ours.served_weight,
        lost_weight=ours.lost_weight,
        travel_seconds=ours.travel_seconds,
        naive_served_weight=naive.served_weight,
        naive_travel_seconds=naive.travel_seconds,
        common_travel_seconds=night.plan.common_travel_seconds,
        naive_common_travel_seconds=night.plan.first_come_common_travel_seconds,
        bookings=len(booked),
        messages=sum(one.messages for one in booked),
        seconds=round(seconds, 1),
    )
    return asdict(summary)
