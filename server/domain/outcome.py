"""What became of a visit: when work began and ended, and what the officer says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Party(Enum):
    """Whose doing it was that a visit did not take place."""

    CUSTOMER = "CUSTOMER"
    NO_ACCESS = "NO_ACCESS"
    OFFICER = "OFFICER"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a visit. `attachments` are references to documents kept elsewhere; `party` None: it took place."""

    started: datetime | None = None
    ended: datetime | None = None
    code: str = ""
    note: str = ""
    attachments: tuple[str, ...] = ()
    party: Party | None = None
