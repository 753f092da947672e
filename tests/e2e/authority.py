"""A small authority in a real city, as CSV files: the shifts hold tomorrow's week and both nights that change the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Helsinki")
TEAM = "centre"
OFFICERS = {"aino": ("foot", "food:2"), "bjorn": ("bicycle", "food:1"), "chidi": ("foot", "health:1")}
BASE = "60.1699,24.9384"
SERVICES = """\
code,name,duration_minutes,place,promise_kind,step_minutes,window_minutes,crew,public,notice_minutes,horizon_days,weight,unannounced,needs_approval
consultation,Consultation,30,on_site,window,60,120,food:1,yes,60,700,100,no,no
visit-at,Visit at a time,30,on_site,exact,30,0,food:2,yes,0,700,90,no,no
advice-call,Advice by telephone,20,remote,exact,15,0,health:1,yes,60,700,50,no,no
licence-talk,Licence talk,30,on_site,window,60,120,food:1,yes,60,700,60,no,yes
surprise,Unannounced inspection,40,on_site,exact,5,0,food:1,no,0,700,4,yes,no
"""


@dataclass(frozen=True)
class Turn:
    """A night in which the clocks change, and the instants around it."""

    day: date

    @property
    def eve(self) -> date:
        return self.day - timedelta(days=1)


def next_turn(month: int, after: date) -> Turn:
    """Return the next last Sunday of a month, which is when Europe changes its clocks."""
    for year in (after.year, after.year + 1):
        first_after = date(year, month + 1, 1)
        sunday = first_after - timedelta(days=(first_after.weekday() + 1) % 7 or 7)
        if sunday > after + timedelta(days=3):
            return Turn(sunday)
    raise AssertionError("there is one every year")


def today() -> date:
    return datetime.now(UTC).astimezone(ZONE).date()


def days() -> list[date]:
    """Return the local dates of the ordinary shifts."""
    return [today() + timedelta(days=count) for count in range(1, 8)]


def turns() -> list[Turn]:
    """Return the nights of the year ahead in which the clocks go forward, and back."""
    return [next_turn(3, today()), next_turn(10, today())]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a local time as an instant."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def write_files(folder: Path) -> list[tuple[str, Path]]:
    """Write the files and return them with their kinds, in the order in which they must be imported."""
    officers = [f"{code},{code.title()},{TEAM},{mode},{BASE},{skills}" for code, (mode, skills) in OFFICERS.items()]
    shifts = [f"{code},{day},08:00,16:00,30,11:00,13:00" for day in days() for code in OFFICERS]
    shifts += [f"{code},{turn.eve},22:00,06:00,0,," for turn in turns() for code in OFFICERS]
    texts = {
        "services": SERVICES,
        "teams": f"code,name,time_zone\n{TEAM},The centre,{ZONE.key}\n",
        "officers": "\n".join(["code,name,team,mode,latitude,longitude,skills", *officers, ""]),
        "shifts": "\n".join(["officer,date,start,end,break_minutes,break_earliest,break_latest", *shifts, ""]),
    }
    for kind, text in texts.items():
        (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
    return [(kind, folder / f"{kind}.csv") for kind in texts]
