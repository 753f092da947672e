"""Customers, access needs and cases."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from server.domain.access_need import AccessNeed
from server.domain.audit import Audit
from server.domain.case import Case, CaseFilter
from server.domain.customer import CustomerFilter, CustomerRecord, HistoryEntry
from server.domain.organisation import CaseRef
from server.domain.paging import Listing, Page


class CustomerStore(Protocol):
    """The lasting records."""

    def get(self, name: str, lock: bool = False) -> CustomerRecord:
        """Return the record, or refuse with NotFound."""

    def some(self, numbers: Collection[int], lock: bool = False) -> dict[int, CustomerRecord]:
        """Return those that exist, by id; locked in one order for everybody."""

    def live(self, numbers: Collection[int]) -> dict[int, CustomerRecord]:
        """Return, by the ids that were asked for, those records, or the ones into which they were merged."""

    def of_source(self, source: str, external_id: str) -> CustomerRecord | None:
        """Return the record that another system owns, locked."""

    def listing(self, page: Page, wanted: CustomerFilter) -> Listing[CustomerRecord]:
        """Return a page by name."""

    def add(self, record: CustomerRecord) -> None:
        """Write a new record. Raises StoreUnavailable when somebody else adds one for its (source, external_id) just now."""

    def save(self, record: CustomerRecord) -> None:
        """Write a record that is one version further, or refuse with StaleEtag."""

    def merge(self, loser: int, winner: int) -> int:
        """Give the winner what refers to the loser: bookings, and records merged before; return how many bookings."""

    def merged_into(self, winner: int) -> list[CustomerRecord]:
        """Return the records that went into one."""

    def is_visited_by(self, customer: int, officer: str) -> bool:
        """Tell whether a booking of the customer stands on the routes of an officer."""

    def history(self, customer: int, page: Page) -> Listing[HistoryEntry]:
        """Return a page of the timeline, newest first."""

    def unlinked_bookings(self, contact_points: Collection[str], limit: int) -> list[int]:
        """Return ids of bookings without a record that give one of these telephone numbers or addresses."""

    def audit_lines(self, subjects: Collection[str], limit: int) -> list[Audit]:
        """Return the newest lines of the audit about these resources, oldest first."""


class AccessNeedStore(Protocol):
    """The catalogue of access needs."""

    def some(self, codes: Collection[str]) -> dict[str, AccessNeed]:
        """Return those that exist, by code."""

    def listing(self, page: Page) -> Listing[AccessNeed]:
        """Return a page by code."""

    def save(self, need: AccessNeed) -> None:
        """Add or replace by code."""


class CaseStore(Protocol):
    """What other systems told of their cases."""

    def get(self, name: str) -> Case:
        """Return the case, or refuse with NotFound."""

    def of_reference(self, reference: CaseRef, to_write: bool = False) -> Case | None:
        """Return the case, None when nobody told of it; nobody else changes it until the transaction ends."""

    def some(self, references: Collection[CaseRef]) -> dict[CaseRef, Case]:
        """Return those that somebody told of."""

    def listing(self, page: Page, wanted: CaseFilter) -> Listing[Case]:
        """Return a page by system and external id."""

    def upsert(self, case: Case) -> Case:
        """Add, or replace by reference; every write is a new version, and the id stays."""

    def is_visited_by(self, reference: CaseRef, officer: str) -> bool:
        """Tell whether a visit of the case stands on the routes of an officer."""
