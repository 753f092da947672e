"""Routes as people read them, and the map beneath."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from server.domain.caller import Caller
from server.domain.errors import NoShift
from server.domain.geography import Position
from server.domain.paging import Listing, Page
from server.domain.route import BaseMap, Leg, Route, RouteStop
from server.usecases.ports import Store, Travel


class Routes:
    """What the mobile client and the dispatcher see."""

    def __init__(self, store: Store, travel: Travel) -> None:
        self._store = store
        self._travel = travel

    def get(self, caller: Caller, officer: str, day: date, with_geometry: bool) -> Route:
        """Return an officer's route; an officer sees the own one only."""
        caller.must_be_officer(officer)
        with self._store.begin() as tx:
            found = tx.routes.routes([(day, tx.organisation.officer(officer, day).id)])
        if not found:
            raise NoShift(f"officers/{officer} has no shift on {day}", officer=officer, day=day)
        return self._drawn(found[0]) if with_geometry else found[0]

    def list(self, caller: Caller, team: str, day: date, with_geometry: bool, page: Page) -> Listing[Route]:
        """Return a page of a team's routes of one date, by officer."""
        with self._store.begin() as tx:
            tx.organisation.team(team)
            keys = tx.routes.team_days(team, day, page)
            routes = tx.routes.routes(keys.items)
        return Listing(tuple(self._drawn(r) if with_geometry else r for r in routes), keys.next_token)

    def base_map(self, caller: Caller) -> BaseMap:
        """Return the roads."""
        return self._travel.base_map()

    def _drawn(self, route: Route) -> Route:
        here, stops = route.base, []
        for stop in route.stops:
            stops.append(self._with_leg(route, here, stop))
            here = stop.position or here
        home = route.home
        if home is not None:
            home = self._leg(route, here, route.base, home)
        return replace(route, stops=tuple(stops), home=home)

    def _with_leg(self, route: Route, here: Position, stop: RouteStop) -> RouteStop:
        return replace(stop, leg=self._leg(route, here, stop.position, stop.leg)) if stop.position else stop

    def _leg(self, route: Route, start: Position, end: Position, leg: Leg) -> Leg:
        metres = self._travel.metres(route.mode, [start, end])[0][1]
        return Leg(leg.seconds, max(0, metres), self._travel.line(route.mode, start, end))
