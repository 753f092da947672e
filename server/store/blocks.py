"""Block bookings. Their sessions are kept with the sessions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.block import Block, BlockState
from server.domain.errors import NotFound
from server.domain.ids import decode, encode
from server.domain.paging import Listing, Page
from server.domain.series import ClashPolicy
from server.store.paging import listing
from server.store.recurring import case_values, contact_of, contact_values, id_of, pattern_of, pattern_values
from server.store.tables import block as t
from server.store.tables import location, resource, service
from server.store.visits import case_of
from server.usecases.ports import ChangedMeanwhile

NOBODY = {"contact_name": "", "contact_phone": "", "contact_email": "", "contact_language": ""}
_select = (
    sa.select(
        t,
        service.c.code.label("service"),
        location.c.code.label("location"),
        resource.c.code.label("room"),
    )
    .join(service, service.c.id == t.c.service_id)
    .outerjoin(location, location.c.id == t.c.location_id)
    .outerjoin(resource, resource.c.id == t.c.room_id)
)


def _from_row(row: Any) -> Block:
    return Block(
        id=row.id,
        service=row.service,
        pattern=pattern_of(row),
        minutes=row.minutes,
        seats=row.seats,
        policy=ClashPolicy(row.policy),
        creator=row.creator,
        created=row.created_at,
        location=row.location or "",
        officers=tuple(row.officers),
        room=row.room or "",
        release_before_hours=row.release_before_hours,
        case=case_of(row),
        customer=contact_of(row) if row.contact_name else None,
        note=row.note,
        state=BlockState(row.state),
        cancel_reason=row.cancel_reason,
        version=row.version,
    )


class SqlBlocks:
    """Blocks by id."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, block: Block) -> None:
        """Record a block."""
        values = {
            "id": block.id,
            "service_id": id_of(service, block.service),
            "location_id": id_of(location, block.location),
            "room_id": id_of(resource, block.room),
            "officers": list(block.officers),
            "minutes": block.minutes,
            "seats": block.seats,
            "release_before_hours": block.release_before_hours,
            "policy": block.policy.value,
            **pattern_values(block.pattern),
            **(contact_values(block.customer) if block.customer else NOBODY),
            **case_values(block.case),
            "cancel_reason": block.cancel_reason,
            "note": block.note,
            "creator": block.creator,
            "created_at": block.created,
            "state": block.state.value,
            "version": block.version,
        }
        self._connection.execute(sa.insert(t).values(values))

    def get(self, name: str, lock: bool = False) -> Block:
        """Return the block, or refuse. Days are locked before it is."""
        query = _select.where(t.c.id == decode(name, "block"))
        row = self._connection.execute(query.with_for_update(of=t, key_share=True) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no block {name!r}", name=name)
        return _from_row(row)

    def by_id(self, number: int) -> Block:
        """Return the block of that id, which exists."""
        return self.get(encode(number))

    def save(self, block: Block) -> None:
        """Write how a block ended; it is one version on. ChangedMeanwhile when somebody else was."""
        query = (
            sa.update(t)
            .where(t.c.id == block.id, t.c.version == block.version - 1)
            .values(state=block.state.value, cancel_reason=block.cancel_reason, version=block.version)
            .returning(t.c.id)
        )
        if self._connection.execute(query).one_or_none() is None:
            raise ChangedMeanwhile

    def listing(self, page: Page) -> Listing[Block]:
        """Return a page, newest first."""
        return listing(self._connection, _select, page, "blocks", [t.c.created_at, t.c.id], _from_row, descending=True)
