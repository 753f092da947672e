"""Opening rules."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.errors import NotFound
from server.domain.ids import decode
from server.domain.opening import Effect, OpeningRule, Recurrence, Subject
from server.domain.paging import Listing, Page
from server.domain.roster import Rostered
from server.store.paging import listing
from server.store.rosters import about, read_subject, subject_columns, with_subject
from server.store.tables import opening_rule as t

_rule = with_subject(t)


def _read(row: Any) -> OpeningRule:
    return OpeningRule(
        subject=read_subject(row),
        effect=Effect(row.effect),
        recurrence=Recurrence(row.recurrence),
        start=row.opens,
        end=row.closes,
        weekdays=frozenset(row.weekdays),
        first=row.first,
        after_last=row.after_last,
        on_holidays=row.on_holidays,
        note=row.note,
        id=row.id,
        version=row.version,
    )


class SqlRules:
    """Opening rules by id."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def _row(self, rule: OpeningRule) -> dict[str, Any]:
        return {
            **subject_columns(self._connection, rule.subject),
            "effect": rule.effect.value,
            "recurrence": rule.recurrence.value,
            "opens": rule.start,
            "closes": rule.end,
            "weekdays": sorted(rule.weekdays),
            "first": rule.first,
            "after_last": rule.after_last,
            "on_holidays": rule.on_holidays,
            "note": rule.note,
            "version": rule.version,
        }

    def add(self, rule: OpeningRule) -> None:
        """Record a rule."""
        self._connection.execute(sa.insert(t).values(id=rule.id, **self._row(rule)))

    def get(self, name: str, lock: bool = False) -> OpeningRule:
        """Return the rule, or refuse."""
        query = _rule.where(t.c.id == decode(name, "availabilityRule"))
        row = self._connection.execute(query.with_for_update(of=t) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no availability rule {name!r}", name=name)
        return _read(row)

    def save(self, rule: OpeningRule) -> None:
        """Write a rule that exists."""
        self._connection.execute(sa.update(t).where(t.c.id == rule.id).values(**self._row(rule)))

    def delete(self, rule: OpeningRule) -> None:
        """Take it back."""
        self._connection.execute(sa.delete(t).where(t.c.id == rule.id))

    def listing(self, page: Page, subject: Subject | None) -> Listing[OpeningRule]:
        """Return a page by id; None for those of everybody."""
        query = _rule
        if subject is not None:
            for column, number in subject_columns(self._connection, subject).items():
                query = query.where(t.c[column].is_(None) if number is None else t.c[column] == number)
        return listing(self._connection, query, page, f"availability rules {subject}", [t.c.id], _read)

    def about(self, who: Rostered) -> list[OpeningRule]:
        """Return the rules that apply to an officer or a resource."""
        return [_read(row) for row in self._connection.execute(_rule.where(about(t, who)).order_by(t.c.id))]
