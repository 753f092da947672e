"""Counts of calls for Prometheus, one registry per server."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What is counted; labels are rpcs and status codes, never people."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._calls = Counter("fieldwork_rpc", "Calls answered", ["method", "code"], registry=self.registry)
        self._seconds = Histogram(
            "fieldwork_rpc_seconds", "Time to answer", ["method"], buckets=_BUCKETS, registry=self.registry
        )
        self._in_flight = Gauge("fieldwork_rpc_in_flight", "Calls at work", registry=self.registry)

    def begun(self) -> None:
        """Count a call as at work until it is answered."""
        self._in_flight.inc()

    def answered(self, method: str, code: str, seconds: float) -> None:
        """Count an answer, good or bad."""
        self._in_flight.dec()
        self._calls.labels(method, code).inc()
        self._seconds.labels(method).observe(seconds)

    def serve(self, port: int) -> Callable[[], None]:
        """Answer on a loopback port until the returned function is called; OSError when the port is taken."""
        server, thread = start_http_server(port, addr="127.0.0.1", registry=self.registry)

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join(timeout=1)

        return stop
