"""The server's life: listen, answer, drain when asked to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import grpc
import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from server.rpc import addresses
from server.rpc.addresses import CannotListen
from server.rpc.application import Application
from server.rpc.checking import warm
from server.rpc.identity import BadDemoKey, DemoVerifier, Verifier, demo_key
from server.rpc.journal import Journal
from server.rpc.metrics import Metrics
from server.rpc.options import EdgeOptions
from server.rpc.pipeline import Pipeline
from server.rpc.servicers import add_all
from server.rpc.watching.streams import Streams

Ready = Callable[[Sequence[str]], None]

LARGEST_MESSAGE_BYTES = 4 << 20
MOST_CALLS = 1000
"""Calls at a time; more are refused at once as RESOURCE_EXHAUSTED, before anything is read."""
HEALTH_SECONDS = 5

CHANNEL_OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.so_reuseport", 0),  # with it, a second server on the port would silently take every other call
    ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
    ("grpc.max_send_message_length", 4 * LARGEST_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)

_log = structlog.get_logger("fieldwork.serve")


async def serve(application: Application, settings: EdgeOptions, ready: Ready | None = None) -> int:
    """Serve until SIGTERM or SIGINT; `ready` is told the bound addresses. Returns 0, or 2 when it could not start."""
    stop = asyncio.Event()
    try:
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(application.close)
            stack.enter_context(_signals(stop))
            edge = Edge(application, settings)
            stack.push_async_callback(edge.stop)
            bound = await edge.start()
            if ready is not None:
                ready(bound)
            await stop.wait()
            _log.info("draining", seconds=settings.drain_seconds)
    except (CannotListen, BadDemoKey) as error:
        sys.stderr.write(f"fieldwork: {error}\n")
        return 2
    _log.info("stopped")
    return 0


class Edge:
    """A gRPC server over the use cases. `start` binds and answers; `stop` drains."""

    def __init__(self, application: Application, settings: EdgeOptions) -> None:
        self._application = application
        self._settings = settings
        self.metrics = Metrics()
        self._health = HealthServicer()
        self._streams = Streams(application.watching, settings)
        self._watch: asyncio.Task[None] | None = None
        self._stop_metrics: Callable[[], None] | None = None
        self._executor = ThreadPoolExecutor(settings.pool_size, thread_name_prefix="rpc")
        self._server: grpc.aio.Server | None = None
        self._pipeline: Pipeline | None = None

    async def start(self) -> tuple[str, ...]:
        """Listen, and return the addresses with the ports that they got."""
        wanted = addresses.split(self._settings.address)
        self._pipeline = Pipeline(self._verifier(wanted), self._executor, Journal(self.metrics))
        server = grpc.aio.server(interceptors=(self._pipeline,), options=CHANNEL_OPTIONS, maximum_concurrent_rpcs=MOST_CALLS)
        self._server = server
        names = add_all(server, self._application, self._streams)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        served = (*names, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name)
        reflection.enable_server_reflection((*served, reflection.SERVICE_NAME), server)
        bound = tuple(addresses.bind(server, address) for address in wanted)
        self._start_metrics()
        await asyncio.to_thread(warm)
        gc.freeze()  # what is there now stays: no collection need look at it again
        await self._tell_health(served)
        await server.start()
        self._watch = asyncio.create_task(self._keep_health(served))
        _log.info("listening", addresses=bound, metrics_port=self._settings.metrics_port)
        return bound

    def _verifier(self, wanted: Sequence[str]) -> Verifier:
        """Return the verifier of demo tokens, the only one so far, unless other machines could use them."""
        reachable = [address for address in wanted if not addresses.is_local(address)]
        if reachable and not self._settings.insecure_demo_tokens_anywhere:
            raise CannotListen(
                f"{reachable[0]} can be reached by other machines, and demo tokens are the only identity: listen on "
                "127.0.0.1, [::1] or unix:PATH, or set FIELDWORK_INSECURE_DEMO_TOKENS_ANYWHERE=true if you know that "
                "nobody else reaches it"
            )
        _log.warning(
            "DEMO TOKENS ARE ACCEPTED: whoever can read this installation's key can be anybody",
            addresses=wanted,
            reachable_by_others=bool(reachable),
        )
        return DemoVerifier(demo_key(self._settings))

    def _start_metrics(self) -> None:
        port = self._settings.metrics_port
        if not port:
            return
        try:
            self._stop_metrics = self.metrics.serve(port)
        except OSError as error:
            raise CannotListen(
                f"127.0.0.1:{port} (metrics) is in use: set FIELDWORK_METRICS_PORT to another port, or 0 for none"
            ) from error

    async def _tell_health(self, names: Sequence[str]) -> None:
        served = await asyncio.to_thread(self._application.ready)
        status = health_pb2.HealthCheckResponse.SERVING if served else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", *names):
            await self._health.set(name, status)

    async def _keep_health(self, names: Sequence[str]) -> None:
        while True:
            await asyncio.sleep(HEALTH_SECONDS)
            await self._tell_health(names)

    async def stop(self) -> None:
        """Say NOT_SERVING, accept no more, let calls finish for the drain time, then cut them off."""
        if self._watch is not None:
            self._watch.cancel()
        await self._health.enter_graceful_shutdown()
        if self._pipeline is not None:
            self._pipeline.stopping.set()
        self._streams.close()
        if self._server is not None:
            await self._server.stop(self._settings.drain_seconds)
        if self._stop_metrics is not None:
            self._stop_metrics()
        self._executor.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` on SIGTERM and SIGINT; where the loop cannot (not in the main thread), leave signals alone."""
    loop = asyncio.get_running_loop()
    handled = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            loop.add_signal_handler(number, stop.set)
            handled.append(number)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
