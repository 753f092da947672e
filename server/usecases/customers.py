"""Customers: their records, and what two records of one person become."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from server.domain.audit import Audit
from server.domain.caller import Caller, Request, Role
from server.domain.change import Change
from server.domain.customer import EDITABLE, CustomerFilter, CustomerRecord, HistoryEntry
from server.domain.errors import InvalidField, NotFound, NotYours
from server.domain.ids import decode
from server.domain.paging import Listing, Page
from server.usecases.access_needs import must_exist
from server.usecases.contact_points import checked_record, looked_for
from server.usecases.ports import Clock, Store, Transaction


class Customers:
    """The lasting records of those who book or are visited."""

    def __init__(self, store: Store, clock: Clock, region: str) -> None:
        self._store = store
        self._clock = clock
        self._region = region

    def upsert(
        self, request: Request, name: str, etag: str, wanted: CustomerRecord, fields: Collection[str]
    ) -> CustomerRecord:
        """Change the record of that name, else that of (source, external_id), or add it; `fields` are of EDITABLE.

        An empty `fields` means those that are not empty in `wanted`.
        """
        wanted = checked_record(wanted, self._region)
        fields = fields or [field for field in EDITABLE if getattr(wanted, field)]
        own = request.caller.own_system
        if own and wanted.source != own:
            raise NotYours(f"customer.source {wanted.source!r} is not {own!r}, your own system", system=own)
        if bool(wanted.source) != bool(wanted.external_id):
            raise InvalidField.of("customer.external_id", "goes with source: give both, or neither")
        with self._store.begin(request) as tx:
            must_exist(tx, wanted.access_needs, "customer.access_needs")
            known = _known(tx, name, wanted)
            stored = self._added(tx, wanted) if known is None else _changed(tx, known, etag, wanted, fields)
            tx.answer(stored)
            return stored

    def _added(self, tx: Transaction, wanted: CustomerRecord) -> CustomerRecord:
        _must_be_named(wanted)
        record = replace(wanted, id=self._store.ids.unguessable(), created=self._clock())
        tx.customers.add(record)
        return record

    def get(self, caller: Caller, name: str) -> CustomerRecord:
        """Return the record; to a partner, another system's does not exist."""
        with self._store.begin() as tx:
            return seen(tx, caller, name)

    def list(self, caller: Caller, page: Page, wanted: CustomerFilter) -> Listing[CustomerRecord]:
        """Return a page by name; a partner sees those of the own system."""
        if caller.role is Role.MANAGER and wanted.text:
            raise InvalidField.of("query", "is not for managers, who are shown no contact details: leave it empty")
        own = caller.own_system
        wanted = replace(wanted, text=looked_for(wanted.text, self._region), source=own or wanted.source)
        with self._store.begin() as tx:
            return tx.customers.listing(page, wanted)

    def merge(
        self, request: Request, winner_name: str, loser_name: str, winner_etag: str, loser_etag: str
    ) -> CustomerRecord:
        """Make one record of two; return the one that stays."""
        numbers = [decode(name, "customer") for name in (winner_name, loser_name)]
        if numbers[0] == numbers[1]:
            raise InvalidField.of("loser", f"{loser_name} is the winner, too: name two different customers")
        with self._store.begin(request) as tx:
            found = tx.customers.some(numbers, lock=True)
            winner, loser = (_found(found, name) for name in (winner_name, loser_name))
            for record, etag in ((winner, winner_etag), (loser, loser_etag)):
                record.must_be_live()
                record.must_be(etag)
            joined = winner.merged_with(loser)
            tx.customers.save(joined)
            tx.customers.save(loser.gone_into(joined))
            moved = tx.customers.merge(loser.id, winner.id)
            detail = (("bookings", str(moved)), ("loser", loser.name))
            actor = request.caller.principal
            audits = tuple(Audit(self._clock(), actor, "customer.merged", one.name, detail) for one in (joined, loser))
            tx.write(Change(audits=audits), joined)
            return joined

    def history(self, caller: Caller, name: str, page: Page) -> Listing[HistoryEntry]:
        """Return a page of the timeline over all bookings, newest first; of a merged record, the winner's."""
        with self._store.begin() as tx:
            record = seen(tx, caller, name)
            return tx.customers.history(record.merged_into or record.id, page)


def seen(tx: Transaction, caller: Caller, name: str) -> CustomerRecord:
    """Return a record that the caller may know of, or refuse."""
    record = tx.customers.get(name)
    if caller.own_system and record.source != caller.own_system:
        raise NotFound(f"there is no customer {name!r}", name=name)
    if caller.role is Role.OFFICER and not tx.customers.is_visited_by(record.id, caller.officer or ""):
        raise NotYours(f"{name} is not a customer on your routes", name=name)
    return record


def _found(records: dict[int, CustomerRecord], name: str) -> CustomerRecord:
    record = records.get(decode(name, "customer"))
    if record is None:
        raise NotFound(f"there is no customer {name!r}", name=name)
    return record


def _known(tx: Transaction, name: str, wanted: CustomerRecord) -> CustomerRecord | None:
    if not name:
        return tx.customers.of_source(wanted.source, wanted.external_id) if wanted.source else None
    known = tx.customers.get(name, lock=True)
    if wanted.source and (wanted.source, wanted.external_id) != (known.source, known.external_id):
        raise InvalidField.of(
            "customer.source",
            f"({wanted.source}, {wanted.external_id}) is not what {name} was made with: merge records instead",
        )
    return known


def _changed(
    tx: Transaction, known: CustomerRecord, etag: str, wanted: CustomerRecord, fields: Collection[str]
) -> CustomerRecord:
    known.must_be_live()
    known.must_be(etag)
    changed = known.changed(wanted, fields)
    _must_be_named(changed)
    tx.customers.save(changed)
    return changed


def _must_be_named(record: CustomerRecord) -> None:
    if not record.full_name:
        raise InvalidField.of("customer.display_name", "is empty: give the person's name")
