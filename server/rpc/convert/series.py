"""Series and their occurrences."""

from __future__ import annotations

from datetime import datetime

from fieldwork.v1 import bookings_pb2
from fieldwork.v1 import series_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.timeofday_pb2 import TimeOfDay

from server.domain.caller import Caller
from server.domain.commands import NewSeries, SeriesEnd, SeriesFilter, SeriesMove
from server.domain.errors import InvalidField
from server.domain.series import Move, OccurrenceState, OccurrenceView, Scope, Series, SeriesView
from server.rpc.convert.bookings import customer_message, unlinked_customer
from server.rpc.convert.common import case_message, case_ref
from server.rpc.convert.names import code, number, optional
from server.rpc.convert.recurrence import pattern, policy, policy_message, recurrence_message
from server.rpc.convert.times import instant, interval, timestamp


def series_message(series: Series, caller: Caller) -> pb.Series:
    """Return a series as this caller may see it."""
    return pb.Series(
        name=series.name,
        service=f"services/{series.service}",
        premises=optional("premises", series.premises),
        location=optional("locations", series.location),
        recurrence=recurrence_message(series.pattern),
        clash_policy=policy_message(series.policy),
        customer=customer_message(series.customer, caller),
        officer=optional("officers", series.officer) if caller.is_staff else "",
        duration_minutes=series.duration_minutes,
        case=case_message(series.case),
        note=series.note,
        purpose=series.purpose,
        state=pb.Series.State.Value(f"STATE_{series.state.value}"),
        create_time=timestamp(series.created),
        etag=series.etag,
    )


def whole_series_message(view: SeriesView, caller: Caller) -> pb.Series:
    """Return a series with what became of its occurrences."""
    message = series_message(view.series, caller)
    message.occurrences.extend(occurrence_message(OccurrenceView(one)) for one in view.occurrences)
    return message


def occurrence_message(view: OccurrenceView) -> pb.Occurrence:
    """Return an occurrence as a message."""
    one, booking = view.occurrence, view.occurrence.booking
    state = f"STATE_{booking.state.value}" if booking else "STATE_UNSPECIFIED"
    return pb.Occurrence(
        recurrence_start_time=timestamp(one.original),
        start_time=timestamp(booking.promise.start if booking else one.start),
        state=pb.Occurrence.State.Value(f"STATE_{one.state.value}"),
        reason=one.why,
        booking=booking.name if booking else "",
        booking_state=bookings_pb2.Booking.State.Value(state),
        exception=one.is_exception,
        alternatives=map(interval, view.alternatives),
    )


def new_series(message: pb.Series) -> NewSeries:
    """Return the series to make."""
    return NewSeries(
        service=code(message.service),
        premises=number(message.premises),
        pattern=pattern(message.recurrence, "series.recurrence"),
        policy=policy(message.clash_policy),
        customer=unlinked_customer(message.customer, "series.customer"),
        location=code(message.location),
        officer=code(message.officer),
        duration_minutes=message.duration_minutes,
        case=case_ref(message.case) if message.HasField("case") else None,
        note=message.note,
        purpose=message.purpose,
    )


def series_filter(message: pb.ListSeriesRequest) -> SeriesFilter:
    """Return which series are asked for."""
    return SeriesFilter(case_ref(message.case) if message.HasField("case") else None, message.clashed_only)


def occurrence_states(message: pb.ListOccurrencesRequest) -> frozenset[OccurrenceState]:
    """Return in which states occurrences are asked for; none means all."""
    names = [pb.Occurrence.State.Name(state).removeprefix("STATE_") for state in message.states if state]
    return frozenset(OccurrenceState(name) for name in names)


def move(message: pb.MoveSeriesRequest) -> SeriesMove:
    """Return what is to be moved."""
    minutes = _minutes(message.time_of_day) if message.HasField("time_of_day") else None
    return SeriesMove(
        message.name,
        _scope(message.scope),
        _moment(message, "recurrence_start_time"),
        _moment(message, "start_time"),
        Move(message.days, minutes),
        message.etag,
    )


def end(message: pb.CancelSeriesRequest) -> SeriesEnd:
    """Return what is to be cancelled."""
    original = _moment(message, "recurrence_start_time")
    return SeriesEnd(message.name, _scope(message.scope), message.reason, original, message.etag)


def _scope(value: pb.SeriesScope.ValueType) -> Scope:
    return Scope(pb.SeriesScope.Name(value).removeprefix("SERIES_SCOPE_"))


def _moment(message: pb.MoveSeriesRequest | pb.CancelSeriesRequest, field: str) -> datetime | None:
    value: Timestamp = getattr(message, field)
    return instant(value) if message.HasField(field) else None  # type: ignore[arg-type]


def _minutes(clock: TimeOfDay) -> int:
    if not (0 <= clock.hours < 24 and 0 <= clock.minutes < 60) or clock.seconds or clock.nanos:
        raise InvalidField.of("time_of_day", "is not a time from 00:00 to 23:59 in whole minutes")
    return int(clock.hours) * 60 + int(clock.minutes)
