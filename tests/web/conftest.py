import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import jwt
import pytest
import uvicorn
from fieldwork.v1 import calendars_pb2, calendars_pb2_grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from clients.web.app import create_app
from clients.web.settings import WebSettings

KEY = "k" * 40
TOKEN = "t" * 43
ICS = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Työ\r\nEND:VCALENDAR\r\n"


class CalendarServer(calendars_pb2_grpc.CalendarServiceServicer):
    """The one rpc that the feed page calls; checks the token as the real server does."""

    def CreateFeed(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    def RevokeFeed(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    def ReadFeed(self, request: Any, context: Any) -> Any:
        bearer = dict(context.invocation_metadata())["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(bearer, KEY, algorithms=["HS256"], issuer="fieldwork-demo", options={"require": ["exp"]})
        if claims["role"] != "WORKER":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "no")
        if request.token != TOKEN:
            context.abort(grpc.StatusCode.NOT_FOUND, "there is no such feed")
        return calendars_pb2.ReadFeedResponse(ics=ICS, etag='"abc"')


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2))
    calendars_pb2_grpc.add_CalendarServiceServicer_to_server(CalendarServer(), server)
    healthy = health.HealthServicer()
    healthy.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0)


class Browser:
    """Asks one web process."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def running(settings: WebSettings) -> Iterator[Browser]:
    """Run a real web process's application in a thread."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Browser(listener.getsockname()[1])
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def browser(api: str) -> Iterator[Browser]:
    yield from running(WebSettings(api, demo_key=KEY))


@pytest.fixture(scope="module")
def lonely() -> Iterator[Browser]:
    """A web process whose server is dead."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield from running(WebSettings(f"127.0.0.1:{free.getsockname()[1]}", token="any"))
