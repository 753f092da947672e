"""Page tokens: where a list goes on, bound to the filters it was asked with. They are opaque, not secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from server.domain.errors import BadPageToken
from server.domain.paging import Listing, Page

T = TypeVar("T")


def _mark(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:12]


def _encode(scope: str, key: Sequence[object]) -> str:
    text = json.dumps([_mark(scope), *key], separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(scope: str, token: str, width: int) -> list[Any]:
    try:
        mark, *key = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadPageToken("page_token: take the next_page_token of the page before, unchanged") from error
    if mark != _mark(scope) or len(key) != width or not all(map(_is_sortable, key)):
        raise BadPageToken("page_token: it belongs to another list or other filters; start without a token")
    return list(key)


def _is_sortable(part: object) -> bool:
    """Tell whether a value can stand in a key: JSON can also write texts that no database takes."""
    if isinstance(part, str):
        return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in part)
    return isinstance(part, int)


def listing(
    connection: sa.Connection,
    query: sa.Select[Any],
    page: Page,
    scope: str,
    key: Sequence[sa.ColumnElement[Any]],
    read: Callable[[Any], T],
    descending: bool = False,
) -> Listing[T]:
    """Run `query` for one page in the order of `key` (unique together) and map its rows with `read`.

    The rows must carry the key columns under the labels key0, key1, ...; `scope` names the list and its filters.
    """
    if page.token:
        last = _decode(scope, page.token, len(key))
        row, bound = sa.tuple_(*key), sa.tuple_(*[_bound(c, v) for c, v in zip(key, last, strict=True)])
        query = query.where(row < bound if descending else row > bound)
    order = [column.desc() if descending else column.asc() for column in key]
    labelled = query.add_columns(*[column.label(f"key{i}") for i, column in enumerate(key)])
    try:
        rows = connection.execute(labelled.order_by(*order).limit(page.limit + 1)).all()
    except sa.exc.DataError as error:  # a forged key that is no time, no number
        if not page.token:
            raise
        raise BadPageToken("page_token: take the next_page_token of the page before, unchanged") from error
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    token = _encode(scope, [getattr(shown[-1], f"key{i}") for i in range(len(key))]) if more else ""
    return Listing(tuple(read(row) for row in shown), token)


def _bound(column: sa.ColumnElement[Any], value: object) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(str(value), sa.Text), column.type)
