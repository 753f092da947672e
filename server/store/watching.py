"""The change feed: rows whose transaction one snapshot does not show and another one does.

A snapshot lists the transactions that were at work when it was taken. So one that began early and commits late is not
passed over, as it would be after the highest id or time that was seen; and nobody has to wait for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.watching import BookingNews, Cursor, DayNews, Reading
from server.store import errors
from server.store.bookings import event_of
from server.store.tables import booking, booking_event, officer, resource, resource_day
from server.store.tables.base import Xid8
from server.domain.errors import StoreUnavailable
