"""SeriesService."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldwork.v1 import series_pb2 as pb
from fieldwork.v1.series_pb2_grpc import SeriesServiceServicer
from grpc import ServicerContext

from server.domain.caller import Request
from server.domain.paging import Page
from server.domain.series import SeriesView
from server.rpc.application import RecurringBookings
from server.rpc.call import caller_of, write
from server.rpc.convert.series import (
    end,
    move,
    new_series,
    occurrence_message,
    occurrence_states,
    series_filter,
    series_message,
    whole_series_message,
)


class SeriesServicer(SeriesServiceServicer):
    """Bookings that come again."""

    def __init__(self, series: RecurringBookings) -> None:
        self._series = series

    def PreviewSeries(self, request: pb.PreviewSeriesRequest, context: ServicerContext) -> pb.PreviewSeriesResponse:
        found = self._series.preview(caller_of(context), new_series(request.series))
        return pb.PreviewSeriesResponse(occurrences=map(occurrence_message, found))

    def CreateSeries(self, request: pb.CreateSeriesRequest, context: ServicerContext) -> pb.Series:
        return self._write(context, request, lambda key: self._series.create(key, new_series(request.series)))

    def GetSeries(self, request: pb.GetSeriesRequest, context: ServicerContext) -> pb.Series:
        caller = caller_of(context)
        return series_message(self._series.get(caller, request.name), caller)

    def ListSeries(self, request: pb.ListSeriesRequest, context: ServicerContext) -> pb.ListSeriesResponse:
        caller = caller_of(context)
        found = self._series.list(caller, Page(request.page_size, request.page_token), series_filter(request))
        return pb.ListSeriesResponse(
            series=[series_message(one, caller) for one in found.items], next_page_token=found.next_token
        )

    def ListOccurrences(self, request: pb.ListOccurrencesRequest, context: ServicerContext) -> pb.ListOccurrencesResponse:
        page = Page(request.page_size, request.page_token)
        found = self._series.occurrences(caller_of(context), request.parent, page, occurrence_states(request))
        return pb.ListOccurrencesResponse(occurrences=map(occurrence_message, found.items), next_page_token=found.next_token)

    def MoveSeries(self, request: pb.MoveSeriesRequest, context: ServicerContext) -> pb.Series:
        return self._write(context, request, lambda key: self._series.move(key, move(request)))

    def CancelSeries(self, request: pb.CancelSeriesRequest, context: ServicerContext) -> pb.Series:
        return self._write(context, request, lambda key: self._series.cancel(key, end(request)))

    def _write(self, context: ServicerContext, request: Any, act: Callable[[Request], SeriesView]) -> pb.Series:
        caller = caller_of(context)
        return write(context, request, pb.Series, act, lambda view: whole_series_message(view, caller))
