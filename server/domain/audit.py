"""The audit: who used a privilege, when, on what. It holds no personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Audit:
    """A line of the audit. `subject` is a resource name, `actor` a principal."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines of the audit; what is empty does not matter.

    A `subject` that ends in "/-" means all resources of that kind, an `action` that ends in ".*" all actions of that kind.
    """

    subject: str = ""
    action: str = ""
    actor: str = ""
    span: Span | None = None
