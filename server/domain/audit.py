"""The audit: who used a privilege, when, on what. It holds no personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Audit:
    """A line of the audit. `subject` is a resource name, `actor` a principal."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: tuple[tuple[str, str], ...] = ()
