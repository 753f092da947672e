"""What the use cases need from outside, a file per matter: store, travel times, insertion evaluator, optimizer."""

from server.usecases.ports.basics import AlreadyAnswered, AnsweredMeanwhile, ChangedMeanwhile, Clock, DayKey, IdSource
from server.usecases.ports.blocks import BlockStore
from server.usecases.ports.days import DayStore, FactStore
from server.usecases.ports.demand import PriorityStore
from server.usecases.ports.insertion import Candidate, Fit, Inserter
from server.usecases.ports.messages import FeedStore, MessageStore
from server.usecases.ports.opening import Holidays, RosterStore, RuleStore
from server.usecases.ports.organisation import ImportStore, OrganisationStore
from server.usecases.ports.places import LegTable, OpeningHours, PlaceStore, Reach, Travel
from server.usecases.ports.plans import PlannableVisit, Planner, PlanningInput, PlanStore, Progress, RouteStore
from server.usecases.ports.promises import BookingStore, HoldStore, ServiceStore, VisitStore
from server.usecases.ports.resources import ResourceStore
from server.usecases.ports.series import SeriesStore
from server.usecases.ports.sessions import SessionStore
from server.usecases.ports.store import Store, Transaction

__all__ = [
    "AlreadyAnswered",
    "AnsweredMeanwhile",
    "BlockStore",
    "BookingStore",
    "Candidate",
    "ChangedMeanwhile",
    "Clock",
    "DayKey",
    "DayStore",
    "FactStore",
    "FeedStore",
    "Fit",
    "HoldStore",
    "Holidays",
    "IdSource",
    "ImportStore",
    "Inserter",
    "LegTable",
    "MessageStore",
    "OpeningHours",
    "OrganisationStore",
    "PlaceStore",
    "PlanStore",
    "PlannableVisit",
    "Planner",
    "PlanningInput",
    "PriorityStore",
    "Progress",
    "Reach",
    "ResourceStore",
    "RosterStore",
    "RouteStore",
    "RuleStore",
    "SeriesStore",
    "ServiceStore",
    "SessionStore",
    "Store",
    "Transaction",
    "Travel",
    "VisitStore",
]
