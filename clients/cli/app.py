"""The commands and their options."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from fieldwork.v1 import organisation_pb2, planning_pb2, routes_pb2
from rich.console import Console

from clients.cli import server_command, tables
from clients.cli.connection import connected
from clients.cli.demo.scene import Wish
from clients.cli.failure import WRONG_USAGE, CliFailure
from clients.python.client import Client

# A command of the server's takes its own options, --help among them.
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
_DEMO_FOLDER = Path(".fieldwork") / "demo"

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help="Plans and books field work."
)
plan_app = typer.Typer(no_args_is_help=True, help="Plans: proposals of routes for a team and a date.")
app.add_typer(plan_app, name="plan")


def _pass_on(verb: str, text: str) -> None:
    @app.command(verb, context_settings=_PASS_ON, help=text)
    def command(context: typer.Context) -> None:
        server_command.become([verb, *context.args])


for _verb, _text in (
    ("db", "The private PostgreSQL with PostGIS: up, down, status."),
    ("serve", "Run the gRPC server."),
    ("work", "Run the worker: messages, planning, sweeps."),
    ("doctor", "Say what is wrong with a set-up."),
    ("import", "Import premises, roads, officers, shifts, visits, bookings."),
    ("token", "Print a demo token for trying the API by hand."),
):
    _pass_on(_verb, _text)


@app.command()
def demo(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, the rest on stderr.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave server, worker and data up and say how to try them.")] = False,
    osm: Annotated[str, typer.Option(help="Another OpenStreetMap extract (.osm.pbf): a file or a URL.")] = "",
    zone: Annotated[str, typer.Option(help="The IANA time zone of that place; not needed without --osm.")] = "",
    date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: the next working day there.")] = None,
    out: Annotated[Path, typer.Option(help="Where map, calendar, import files and logs go.")] = _DEMO_FOLDER,
    seconds: Annotated[int, typer.Option(min=1, max=600, help="Seconds for the optimizer.")] = 10,
    seed: Annotated[int, typer.Option(min=1, max=2**31 - 1, help="Another seed makes other inspections due.")] = 1,
) -> None:
    """Live through a real city's day: import, book, plan, publish, book again, see the map."""
    # Drawing and calendars take half a second to load, which no other command needs.
    from clients.cli.demo.story import tell

    try:
        tell(Wish(osm, zone, date.date() if date else None, out.resolve(), seconds, seed, keep, json))
    except KeyboardInterrupt:
        sys.stderr.write("ended: interrupted\n")
        raise


@plan_app.command("show")
def show_plan(
    name: Annotated[str, typer.Argument(help="plans/..., or the part after the slash.")],
    by_officer: Annotated[bool, typer.Option("--reasons", help="Also why each officer does not have a visit.")] = False,
) -> None:
    """Show a plan's routes, what it gains, and what it leaves out and why."""
    with connected("manager") as client:
        full = name if name.startswith("plans/") else f"plans/{name}"
        plan = client.planning.GetPlan(planning_pb2.GetPlanRequest(name=full))
        zone = _zone_of(client, plan.team)
    console = Console(highlight=False)
    state = planning_pb2.Plan.State.Name(plan.state).removeprefix("STATE_").lower()
    console.print(f"{plan.name}: {state}, {plan.team}, engine {plan.engine}, seed {plan.seed}", markup=False)
    for breach in plan.breaches:
        console.print(f"  breach: {breach}", markup=False)
    console.print(tables.routes(plan.routes, zone), tables.comparison(plan), tables.left_out(plan))
    if by_officer:
        console.print(tables.reasons(plan))


@app.command("route")
def show_route(
    officer: Annotated[str, typer.Argument(help="The officer's code.")],
    date: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The local date.")],
) -> None:
    """Show an officer's route on a date."""
    code = officer.removeprefix("officers/")
    with connected("manager") as client:
        name = f"officers/{code}/routes/{date:%Y-%m-%d}"
        route = client.routes.GetRoute(routes_pb2.GetRouteRequest(name=name))
        who = client.organisation.GetOfficer(organisation_pb2.GetOfficerRequest(name=f"officers/{code}"))
        zone = _zone_of(client, who.team)
    Console(highlight=False).print(tables.route(route, zone))


def _zone_of(client: Client, team: str) -> ZoneInfo:
    if not team:
        raise CliFailure("the server names no team, so its local times are not known", WRONG_USAGE)
    return ZoneInfo(client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name=team)).time_zone)
