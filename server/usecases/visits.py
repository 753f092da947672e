"""Visits: recording what is due, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from server.domain.caller import Caller, Request
from server.domain.change import Change
from server.domain.commands import NewVisit, VisitFilter
from server.domain.errors import IllegalTransition, InvalidField, NotFound, NotYours, OffRoad
from server.domain.organisation import CaseRef
from server.domain.paging import Listing, Page
from server.domain.priority import NO_RATING, Priority, PriorityMatrix
from server.domain.visit import Visit, VisitState, VisitView
from server.usecases.changing import LockedDays, change_days, settled
from server.usecases.ports import Clock, Store, Transaction, Travel


class Visits:
    """Demand for field work that nobody booked."""

    def __init__(self, store: Store, travel: Travel, clock: Clock) -> None:
        self._store = store
        self._travel = travel
        self._clock = clock

    def create(self, request: Request, visits: Sequence[NewVisit]) -> list[VisitView]:
        """Record due inspections, all or none, in the order given."""
        with self._store.begin(request) as tx:
            for index, new in enumerate(visits):
                must_be_own_case(request.caller, new.case, f"visits[{index}].case")
            self._check(tx, visits)
            now, priorities = self._clock(), _priorities(tx, visits)
            made = tuple(
                Visit(
                    id=self._store.ids.unguessable(),
                    service=new.service,
                    premises=new.premises,
                    team=new.team,
                    weight=new.weight or priorities[place].weight,
                    priority=priorities[place].level,
                    state=VisitState.OPEN,
                    created=now + timedelta(microseconds=place),
                    due=new.due,
                    case=new.case,
                )
                for place, new in enumerate(visits)
            )
            views = [VisitView(visit) for visit in made]
            tx.write(Change(visits=made), views)
            return views

    def _check(self, tx: Transaction, visits: Sequence[NewVisit]) -> None:
        services = tx.services.some({new.service for new in visits})
        places = tx.places.some({new.premises for new in visits})
        modes = {team: {o.mode for o in tx.organisation.everyone(self._clock().date(), team)} for team in _teams(visits)}
        for index, new in enumerate(visits):
            field = f"visits[{index}]"
            if new.service not in services:
                raise InvalidField.of(f"{field}.service", f"there is no 'services/{new.service}'")
            if new.premises not in places:
                raise InvalidField.of(f"{field}.premises", f"there is no 'premises/{new.premises}'")
            tx.organisation.team(new.team)
            position = places[new.premises].position
            if modes[new.team] and all(self._travel.is_off_road(mode, position) for mode in modes[new.team]):
                raise OffRoad(
                    f"{field}.premises: premises/{new.premises} is too far from every road of the officers of "
                    f"teams/{new.team}: correct its position, or import a road graph that covers it",
                    premises=f"premises/{new.premises}",
                )

    def get(self, caller: Caller, name: str) -> VisitView:
        """Return the visit; to a partner, one that is not for a case of the own system does not exist."""
        with self._store.begin() as tx:
            return tx.visits.view([_own(tx, caller, name)])[0]

    def list(self, caller: Caller, page: Page, wanted: VisitFilter) -> Listing[VisitView]:
        """Return a page, newest first; a partner sees those for cases of the own system."""
        if caller.own_system:
            wanted = replace(wanted, system=caller.own_system)
        with self._store.begin() as tx:
            found = tx.visits.listing(page, wanted)
            return Listing(tuple(tx.visits.view(found.items)), found.next_token)

    def withdraw(self, request: Request, name: str, etag: str) -> VisitView:
        """Take a visit without a booking out of the demand; its time on routes becomes free."""
        with self._store.begin(request) as tx:
            number = _own(tx, request.caller, name).id

        def decide(tx: Transaction, locked: LockedDays) -> VisitView:
            visit = tx.visits.get(name)
            visit.must_be(etag)
            withdrawn = visit.to(VisitState.WITHDRAWN)
            if visit.booking:
                raise IllegalTransition(f"{name} was promised to a customer: cancel the booking instead", visit=name)
            after = tuple(
                day.without([s.occupancy for s in day.everything() if s.visit == number], locked.legs_of(day))
                for day in locked.now.values()
            )
            change = Change(
                before=tuple(locked.before.values()),
                after=tuple(settled(day, self._store.ids) for day in after),
                visits=(withdrawn,),
                released_holds=locked.released_holds(),
            )
            view = VisitView(replace(withdrawn))
            tx.write(change, view)
            return view

        return change_days(
            self._store, self._travel, self._clock(), request, lambda tx: tx.days.of_visits([number]), (), decide
        )


def must_be_own_case(caller: Caller, case: CaseRef | None, field: str) -> None:
    """Refuse a partner who records demand for the case of another system."""
    own = caller.own_system
    if own and case is not None and case.system != own:
        raise NotYours(f"{field}.system {case.system!r} is not {own!r}, your own system", system=own)


def _own(tx: Transaction, caller: Caller, name: str) -> Visit:
    visit = tx.visits.get(name)
    if caller.own_system and (visit.case is None or visit.case.system != caller.own_system):
        raise NotFound(f"there is no visit {name!r}", name=name)
    return visit


def _priorities(tx: Transaction, visits: Sequence[NewVisit]) -> list[Priority]:
    """Return what the priority matrix says of each; a rating that it does not have is refused, as is no weight at all."""
    matrix = tx.priorities.get() if any(new.rating for new in visits) else PriorityMatrix()
    found = []
    for index, new in enumerate(visits):
        if not new.weight and new.rating is None:
            raise InvalidField.of(f"visits[{index}].weight", "0: give a weight from 1 to 10000, or a rating")
        rating = new.rating
        found.append(matrix.of(rating, f"visits[{index}].rating") if rating else Priority(NO_RATING, "", new.weight))
    return found


def _teams(visits: Sequence[NewVisit]) -> set[str]:
    return {new.team for new in visits}
