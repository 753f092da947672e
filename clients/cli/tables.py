"""Plans and routes as tables in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fieldwork.v1 import planning_pb2, routes_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from rich.markup import escape
from rich.table import Table

from clients.cli.words import address_line, class_words, minutes, mode_word, per_visit

_MOST_LEFT_OUT = 15


def routes(of_team: Sequence[routes_pb2.Route], zone: ZoneInfo) -> Table:
    """Return one line per officer: visits, weight, travel, when the day begins and ends."""
    table = Table("officer", "travels", title=f"Routes, times in {zone.key}", title_justify="left")
    for column in ("visits", "weight", "travel", "leaves", "back home"):
        table.add_column(column, justify="right")
    for route in of_team:
        visits = [stop for stop in route.stops if stop.visit]
        leaves = _clock(route.stops[0].leave_time, zone) if route.stops else "-"
        table.add_row(
            escape(route.officer_display_name),
            mode_word(route.travel_mode),
            str(len(visits)),
            str(sum(stop.weight for stop in visits)),
            minutes(route.travel_seconds),
            leaves,
            _home(route, zone),
        )
    return table


def comparison(plan: planning_pb2.Plan) -> Table:
    """Return what the plan gains over serving the visits in the order they came, under the same rules."""
    ours, naive = plan.figures, plan.first_come_figures
    table = Table("", title="Compared with first come, first served", title_justify="left")
    table.add_column("planned", justify="right")
    table.add_column("first come", justify="right")
    table.add_row("visits served", str(ours.served_visits), str(naive.served_visits))
    table.add_row("weight served", str(ours.served_weight), str(naive.served_weight))
    table.add_row("travel per served visit", per_visit(ours), per_visit(naive))
    table.add_row("travel in all", minutes(ours.travel_seconds), minutes(naive.travel_seconds))
    common, naive_common = plan.common_travel_seconds, plan.first_come_common_travel_seconds
    table.add_row("travel on the visits both serve", minutes(common), minutes(naive_common))
    return table


def left_out(plan: planning_pb2.Plan) -> Table:
    """Return the visits that the plan leaves out, each with its reason."""
    title = f"Left for another day: {len(plan.unassigned)} visits of weight {plan.figures.lost_weight}"
    table = Table("premises", "weight", "why", "what would let it in", title=title, title_justify="left")
    for visit in plan.unassigned[:_MOST_LEFT_OUT]:
        table.add_row(
            escape(visit.premises_display_name),
            str(visit.weight),
            class_words(visit),
            escape(visit.smallest_relaxation or "-"),
        )
    if len(plan.unassigned) > _MOST_LEFT_OUT:
        table.add_row(f"... and {len(plan.unassigned) - _MOST_LEFT_OUT} more", "", "", "")
    return table


def reasons(plan: planning_pb2.Plan) -> Table:
    """Return why each officer does not have each visit that is left out."""
    table = Table("premises", "officer", "rule", "needs", "has", title="Officer by officer", title_justify="left")
    for visit in plan.unassigned:
        for reason in visit.reasons:
            officer = reason.officer.removeprefix("officers/")
            table.add_row(
                *(escape(text) for text in (visit.premises_display_name, officer, reason.rule, reason.needs, reason.has))
            )
    return table


def route(day: routes_pb2.Route, zone: ZoneInfo) -> Table:
    """Return an officer's stops in order, as a phone would show them."""
    title = f"{day.officer_display_name}, {mode_word(day.travel_mode)}, times in {zone.key}"
    table = Table("leave", "start", "end", "where", "address", "promised", title=escape(title), title_justify="left")
    table.add_column("weight", justify="right")
    for stop in day.stops:
        promised = stop.HasField("promise")
        table.add_row(
            _clock(stop.leave_time, zone),
            _clock(stop.start_time, zone),
            _clock(stop.end_time, zone),
            escape(stop.display_name),
            escape(address_line(stop.address)),
            f"{_clock(stop.promise.start_time, zone)}-{_clock(stop.promise.end_time, zone)}" if promised else "",
            str(stop.weight) if stop.visit else "",
        )
    table.add_row("", "", _home(day, zone), "back at base", "", "", "")
    return table


def _clock(moment: Timestamp, zone: ZoneInfo) -> str:
    return f"{moment.ToDatetime(tzinfo=UTC).astimezone(zone):%H:%M}"


def _home(day: routes_pb2.Route, zone: ZoneInfo) -> str:
    if not day.stops:
        return "-"
    end = day.stops[-1].end_time.seconds + day.home_leg.seconds
    return f"{datetime.fromtimestamp(end, UTC).astimezone(zone):%H:%M}"
