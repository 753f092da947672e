"""What the database refuses, in the domain's words: constraint name -> refusal."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import sqlalchemy as sa
from psycopg import errors as pg

from server.domain.errors import DomainError, DuplicateBooking, InvalidField, SlotTaken, StaleEtag, StoreUnavailable
from server.usecases.ports import AnsweredMeanwhile

_PASSING = (
    pg.DeadlockDetected,
    pg.SerializationFailure,
    pg.LockNotAvailable,
    pg.QueryCanceled,
    pg.AdminShutdown,
    pg.CannotConnectNow,
    pg.TooManyConnections,
    pg.InsufficientResources,
    pg.ReadOnlySqlTransaction,
)


def refusal(error: sa.exc.DBAPIError | psycopg.Error) -> Exception:
    """Return what to raise instead of a driver's error; the error itself where it is a defect of ours."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    name = str(getattr(getattr(cause, "diag", None), "constraint_name", None))
    if name in _BY_CONSTRAINT:
        return _BY_CONSTRAINT[name]()
    gone = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
    if gone or isinstance(cause, (*_PASSING, psycopg.OperationalError)):
        return StoreUnavailable("the store is busy or restarting: try again in a moment")
    if isinstance(cause, pg.DataError):
        return InvalidField.of("request", f"the store refuses a value: {str(cause).splitlines()[0]}")
    return error


def _slot_taken() -> DomainError:
    return SlotTaken("that time is no longer free: search again")


def _duplicate() -> DomainError:
    return DuplicateBooking(
        "the case already has a live booking of this service: cancel or reschedule that one, or set allow_duplicate"
    )


def _added_meanwhile() -> DomainError:
    return StoreUnavailable("that customer is being added just now: try again in a moment")


def _fact_meanwhile() -> DomainError:
    return StaleEtag("that source records the same fact from another side just now: send it again")


_BY_CONSTRAINT: dict[str, Callable[[], Exception]] = {
    "occupancy_free": _slot_taken,
    "booking_case_live_key": _duplicate,
    "answer_pkey": AnsweredMeanwhile,
    "customer_source_external_id_key": _added_meanwhile,
    "fact_source_external_id_key": _fact_meanwhile,
}
