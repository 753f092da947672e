"""The end of chapter 3: the day as it was published, as a page and a picture."""

from __future__ import annotations

from pathlib import Path

from fieldwork.v1 import organisation_pb2, routes_pb2

from clients.cli.demo.desk import Desk
from clients.cli.demo.scene import City, Night, Staff, hold
from clients.cli.demo.voice import Voice
from clients.cli.map.page import page
from clients.cli.map.poster import poster
from clients.cli.map.read import day_map


def draw(voice: Voice, desk: Desk, city: City, staff: Staff, night: Night, out: Path) -> None:
    """Write the page and the picture from the published routes and their plan: one moment, so that all figures agree."""
    client = desk.as_("booking_administrator")
    team = client.organisation.GetTeam(organisation_pb2.GetTeamRequest(name=f"teams/{staff.team}"))
    roads = client.routes.GetBaseMap(routes_pb2.GetBaseMapRequest())
    day = day_map(team, city.day, night.routes, roads, night.plan)
    figures = night.plan.figures
    drawn = sum(route.visits for route in day.routes), sum(route.weight for route in day.routes)
    served = figures.served_visits, figures.served_weight
    hold(drawn == served, f"the routes drawn add up to the plan's visits and weight: {drawn} is not {served}")
    for name, content in (("planned-day.html", page(day)), ("planned-day.svg", poster(day))):
        path = out / name
        path.write_text(content, encoding="utf-8")
        hold(content.count('class="stop"'), f"{path} shows stops")
        voice.say(f"    drawn as published: {path}")
