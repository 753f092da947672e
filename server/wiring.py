"""The composition root: the only module that knows every concrete class."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from server.calendars import feed, ics
from server.calendars.public_holidays import PublicHolidays, UnknownCountryError
from server.domain.message import Channel
from server.notify.console import ConsoleCarrier
from server.notify.smtp import SmtpCarrier, SmtpServer
from server.notify.writer import TemplateWriter
from server.places.city import road_graph
from server.places.opening import GisOpeningHours
from server.places.travel import GisTravel
from server.planning.insertion import OptimizerInserter
from server.planning.planner import OptimizerPlanner
from server.planning.slot_search import ArraySearch
from server.settings import Settings, WrongSettingsError
from server.store.day_arrays import RouteArrays
from server.store.imports import newest_roads
from server.store.store import SqlStore, make_engine
from server.store.watching import SqlChangeFeed
from server.usecases.access_needs import AccessNeeds
from server.usecases.answers import Answers
from server.usecases.auditing import Auditing
from server.usecases.availability import Availability
from server.usecases.blocks import BlockBookings
from server.usecases.bookings import Bookings, LifePolicy
from server.usecases.cancel_reasons import Reasons
from server.usecases.cases import Cases
from server.usecases.catalogue import Catalogue
from server.usecases.claims import Claims
from server.usecases.customer_export import CustomerExports
from server.usecases.customers import Customers
from server.usecases.emergencies import Emergencies
from server.usecases.facts import Facts
from server.usecases.feeds import Feeds
from server.usecases.holds import Holds
from server.usecases.importing import Importing
from server.usecases.messages import Messages
from server.usecases.opening import Opening
from server.usecases.operations import Operations
from server.usecases.organisation import Organisation
from server.usecases.outgoing import Authority, Carrier
from server.usecases.places import Places
from server.usecases.planning import Planning
from server.usecases.ports import Clock
from server.usecases.priorities import Priorities
from server.usecases.profile_switch import ProfileSwitch
from server.usecases.profiles import Profiles
from server.usecases.repairing import Repairing
from server.usecases.resources import Resources
from server.usecases.rosters import Rosters
from server.usecases.routes import Routes
from server.usecases.series import RecurringBookings
from server.usecases.slots import Slots
from server.usecases.visits import Visits
from server.usecases.waiting import Waiting
from server.usecases.waiting_offers import WaitingOffers
from server.usecases.watching import Watching

TOKEN_BYTES = 32
FEED_CONNECTIONS = 4
"""Two tails, and two watchers that catch up."""


def system_clock() -> datetime:
    """Return the time of this machine, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Application:
    """Every use case, ready to be called from any thread."""

    organisation: Organisation
    places: Places
    catalogue: Catalogue
    visits: Visits
    slots: Slots
    holds: Holds
    bookings: Bookings
    reasons: Reasons
    planning: Planning
    operations: Operations
    routes: Routes
    availability: Availability
    feeds: Feeds
    messages: Messages
    series: RecurringBookings
    blocks: BlockBookings
    profiles: Profiles
    profile_switch: ProfileSwitch
    waiting: Waiting
    waiting_offers: WaitingOffers
    importing: Importing
    emergencies: Emergencies
    priorities: Priorities
    answers: Answers
    rosters: Rosters
    opening: Opening
    facts: Facts
    resources: Resources
    repairs: Repairing
    customers: Customers
    customer_exports: CustomerExports
    access_needs: AccessNeeds
    cases: Cases
    auditing: Auditing
    watching: Watching
    change_feed: SqlChangeFeed
    store: SqlStore

    def ready(self) -> bool:
        """Tell whether calls can be served just now."""
        return self.store.is_ready()

    def close(self) -> None:
        """Let go of the store."""
        self.change_feed.close()
        self.store.close()


def build(settings: Settings, url: str, clock: Clock = system_clock) -> Application:
    """Return the application on the database at `url`, on the road graph that is newest there now."""
    holidays = _holidays(settings)
    engine = make_engine(url, settings.pool_size)
    store = SqlStore(engine, clock)
    change_feed = SqlChangeFeed(make_engine(url, FEED_CONNECTIONS))
    travel = _travel(engine)
    inserter = OptimizerInserter()
    rosters = Rosters(store, travel, clock, holidays, settings.roster_days)
    slots = Slots(store, travel, inserter, ArraySearch(travel, RouteArrays()), clock)
    claims = Claims(store, travel, inserter, slots, clock)
    bookings = Bookings(store, travel, inserter, slots, claims, clock, settings.region, _life_policy(settings))
    visits = Visits(store, travel, clock)
    planning = Planning(store, travel, inserter, OptimizerPlanner(), GisOpeningHours(), clock)
    profiles = Profiles(store, rosters, planning, clock)
    authority = Authority(settings.authority_name, settings.authority_email, settings.authority_language)
    return Application(
        organisation=Organisation(store, clock),
        places=Places(store),
        catalogue=Catalogue(store, clock),
        visits=visits,
        slots=slots,
        holds=Holds(store, travel, slots, claims, clock),
        bookings=bookings,
        reasons=Reasons(store),
        planning=planning,
        operations=Operations(store),
        routes=Routes(store, travel),
        availability=Availability(store, rosters, clock),
        feeds=Feeds(store, feed.render, clock, lambda: secrets.token_urlsafe(TOKEN_BYTES)),
        messages=Messages(store, TemplateWriter(authority, ics.invitation), _carriers(settings), clock),
        emergencies=Emergencies(store, travel, inserter, clock, timedelta(minutes=settings.freeze_minutes)),
        priorities=Priorities(store, clock),
        series=RecurringBookings(store, travel, slots, claims, clock, settings.region),
        blocks=BlockBookings(store, travel, claims, clock, settings.region),
        profiles=profiles,
        profile_switch=ProfileSwitch(store, profiles, slots, clock),
        waiting=Waiting(store, travel, slots, bookings, clock, settings.region),
        waiting_offers=WaitingOffers(store, travel, slots, claims, clock, timedelta(minutes=settings.waiting_offer_minutes)),
        importing=Importing(store, rosters, visits, bookings, clock),
        answers=Answers(store, clock),
        rosters=rosters,
        opening=Opening(store, rosters, holidays, clock),
        facts=Facts(store, rosters, clock),
        resources=Resources(store, rosters, clock),
        repairs=Repairing(store, travel, slots, claims, clock),
        customers=Customers(store, clock, settings.region),
        customer_exports=CustomerExports(store, clock),
        access_needs=AccessNeeds(store),
        cases=Cases(store, clock),
        auditing=Auditing(store),
        watching=Watching(change_feed, clock),
        change_feed=change_feed,
        store=store,
    )


def _life_policy(settings: Settings) -> LifePolicy:
    return LifePolicy(settings.approval_hours, settings.auto_complete_hours)


def _travel(engine: sa.Engine) -> GisTravel:
    with engine.connect() as connection:
        roads = newest_roads(connection)
    return GisTravel(None) if roads is None else GisTravel(road_graph(roads), roads.attribution)


def _holidays(settings: Settings) -> PublicHolidays:
    country = settings.holiday_country or settings.region
    try:
        return PublicHolidays("" if country == "none" else country, settings.holiday_subdivision)
    except UnknownCountryError as error:
        raise WrongSettingsError(
            f"{error}: set FIELDWORK_HOLIDAY_COUNTRY to another country (ISO 3166), or to none"
        ) from error


def _carriers(settings: Settings) -> Mapping[Channel, Carrier]:
    console = ConsoleCarrier()
    if not settings.smtp_host:
        return {Channel.SMS: console, Channel.EMAIL: console}
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.authority_email,
        sender_name=settings.authority_name,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else "",
    )
    return {Channel.SMS: console, Channel.EMAIL: SmtpCarrier(server)}
