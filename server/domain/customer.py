"""Customers: the lasting record of whoever books or is visited. Bookings keep a snapshot of the details beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from server.domain.booking import Customer
from server.domain.errors import CustomerMerged, InvalidField
from server.domain.ids import encode
from server.domain.message import Channel
from server.domain.versioned import Versioned


class ContactKind(Enum):
    """What a contact point is."""

    PHONE = "PHONE"
    EMAIL = "EMAIL"


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """A way to reach somebody. `value` is E.164 or a normalised address; `label` is e.g. "work"."""

    kind: ContactKind
    value: str
    label: str = ""


EDITABLE = (
    "full_name",
    "title",
    "company",
    "language",
    "contact_points",
    "preferred_channels",
    "opted_out_channels",
    "access_needs",
)
"""What a write may change."""


@dataclass(frozen=True, slots=True)
class CustomerRecord(Versioned):
    """The lasting record. (source, external_id) is the other system that owns it, empty when nobody does.

    `preferred_channels` come in order; empty: all that have a contact point. `access_needs` are codes. A record that was
    merged says into which (`merged_into`, 0: none) and never changes again.
    """

    id: int
    full_name: str
    created: datetime
    title: str = ""
    company: str = ""
    language: str = ""
    contact_points: tuple[ContactPoint, ...] = ()
    preferred_channels: tuple[Channel, ...] = ()
    opted_out_channels: tuple[Channel, ...] = ()
    access_needs: tuple[str, ...] = ()
    source: str = ""
    external_id: str = ""
    merged_into: int = 0
    version: int = 1

    def __post_init__(self) -> None:
        unheard = [channel.value for channel in self.preferred_channels if channel in self.opted_out_channels]
        if unheard:
            raise InvalidField.of(
                "customer.preferred_channels", f"{unheard[0]} is opted out of: take it out of one of the two lists"
            )

    @property
    def name(self) -> str:
        """The resource name."""
        return customer_name(self.id)

    def first(self, kind: ContactKind) -> str:
        """Return the first contact point of that kind; empty without one."""
        return next((point.value for point in self.contact_points if point.kind is kind), "")

    def filled(self, given: Customer) -> Customer:
        """Return details for a booking: what was given wins, the rest is this record's."""
        return Customer(
            given.name or self.full_name,
            given.phone or self.first(ContactKind.PHONE),
            given.email or self.first(ContactKind.EMAIL),
            given.language or self.language,
        )

    def changed(self, wanted: CustomerRecord, fields: Collection[str]) -> CustomerRecord:
        """Return it with those fields as `wanted` has them."""
        return replace(self, version=self.version + 1, **{field: getattr(wanted, field) for field in fields})

    def must_be_live(self) -> None:
        """Refuse a record that was merged into another."""
        if self.merged_into:
            winner = customer_name(self.merged_into)
            raise CustomerMerged(f"{self.name} was merged into {winner}: use that one", name=self.name, merged_into=winner)

    def merged_with(self, loser: CustomerRecord) -> CustomerRecord:
        """Return it with what only the loser has. Nobody is written to through a channel that either opted out of."""
        opted_out = _joined(self.opted_out_channels, loser.opted_out_channels)
        preferred = self.preferred_channels or loser.preferred_channels
        known = {(point.kind, point.value) for point in self.contact_points}
        more = tuple(point for point in loser.contact_points if (point.kind, point.value) not in known)
        return replace(
            self,
            title=self.title or loser.title,
            company=self.company or loser.company,
            language=self.language or loser.language,
            contact_points=self.contact_points + more,
            preferred_channels=tuple(channel for channel in preferred if channel not in opted_out),
            opted_out_channels=opted_out,
            access_needs=tuple(sorted({*self.access_needs, *loser.access_needs})),
            version=self.version + 1,
        )

    def gone_into(self, winner: CustomerRecord) -> CustomerRecord:
        """Return it as merged into the winner."""
        return replace(self, merged_into=winner.id, version=self.version + 1)

    def channels(self, reachable: Collection[Channel]) -> tuple[Channel, ...]:
        """Return the channels to use out of those that reach the customer: the first preferred one, or all not opted out."""
        wanted = [channel for channel in self.preferred_channels if channel in reachable]
        if wanted:
            return (wanted[0],)
        return tuple(channel for channel in Channel if channel in reachable and channel not in self.opted_out_channels)


def customer_name(number: int) -> str:
    """Return the resource name of a customer."""
    return f"customers/{encode(number)}"


def _joined(first: tuple[Channel, ...], second: tuple[Channel, ...]) -> tuple[Channel, ...]:
    return tuple(channel for channel in Channel if channel in first or channel in second)


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers. `text` is looked for in names, and as a whole in telephone numbers and addresses; empty means all."""

    text: str = ""
    source: str = ""
    with_merged: bool = False


class HistoryKind(Enum):
    """What a line of the timeline tells."""

    EVENT = "EVENT"
    MESSAGE = "MESSAGE"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A line of a customer's timeline: something that happened to a booking, or a message about one.

    `what` is the kind of event or message. An event has an `actor` and the states `before` (empty for the first) and
    after it (`state`); a message its channel, recipient, subject, body and how far it got (`state`).
    """

    at: datetime
    kind: HistoryKind
    booking: int
    what: str
    state: str
    revision: int
    before: str = ""
    actor: str = ""
    channel: str = ""
    recipient: str = ""
    subject: str = ""
    body: str = ""
