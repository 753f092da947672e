"""The rules that a plan keeps, one file each, and the list of them all."""

from optimizer.rules.breaks import Breaks
from optimizer.rules.capacity import Capacities
from optimizer.rules.crew import Crew
from optimizer.rules.freeze import Freeze
from optimizer.rules.known import Known
from optimizer.rules.legs import Legs
from optimizer.rules.mandatory import Mandatory
from optimizer.rules.permission import Permission
from optimizer.rules.pins import Pins
from optimizer.rules.preference import Preference
from optimizer.rules.preparation import Preparation
from optimizer.rules.rule import Rule
from optimizer.rules.shifts import Shifts
from optimizer.rules.skills import Skills
from optimizer.rules.stability import Stability
from optimizer.rules.windows import Windows

RULES: tuple[Rule, ...] = (
    Known(),
    Skills(),
    Permission(),
    Windows(),
    Shifts(),
    Breaks(),
    Legs(),
    Preparation(),
    Crew(),
    Capacities(),
    Pins(),
    Freeze(),
    Stability(),
    Mandatory(),
    Preference(),
)
