"""The audit, as it is read; it is written with the change that it is about."""

from __future__ import annotations

from typing import Protocol

from server.domain.audit import Audit, AuditFilter
from server.domain.paging import Listing, Page


class AuditStore(Protocol):
    """Who used a privilege, when, on what."""

    def listing(self, page: Page, wanted: AuditFilter) -> Listing[Audit]:
        """Return a page, newest first."""
