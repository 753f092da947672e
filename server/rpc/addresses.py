"""Addresses that a server listens on: whether other machines reach them, and binding them with a clear refusal."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from pathlib import Path

import grpc


class CannotListen(Exception):
    """An address cannot be listened on; the text names it and the remedy."""


def split(setting: str) -> tuple[str, ...]:
    """Return the addresses of a setting, which separates them by commas; refuses what is not an address."""
    found = tuple(part.strip() for part in setting.split(",") if part.strip())
    if not found:
        raise CannotListen("FIELDWORK_ADDRESS is empty: give host:port or unix:PATH, such as 127.0.0.1:8470")
    for address in found:
        if address in ("unix:", "unix://"):
            raise CannotListen(f"{address!r} names no socket: give unix:PATH, such as unix:/run/fieldwork/api.sock")
        if not address.startswith("unix:"):
            _host_and_port(address)
    return found


def _host_and_port(address: str) -> tuple[str, int]:
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise CannotListen(f"{address!r} is not an address: give host:port or unix:PATH, such as 127.0.0.1:8470")
    return host.strip("[]"), int(port)


def is_local(address: str) -> bool:
    """Tell whether only this machine reaches an address: a unix socket or a loopback address."""
    if address.startswith("unix:"):
        return True
    host = _host_and_port(address)[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bind(server: grpc.aio.Server, address: str) -> str:
    """Listen on an address and return it with the port that it got."""
    if address.startswith("unix:"):
        _must_be_free(Path(address.removeprefix("unix:").removeprefix("//")))
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise CannotListen(_why(address)) from error
    if address.startswith("unix:"):
        return address
    return f"{address.rpartition(':')[0]}:{port}"


def _must_be_free(path: Path) -> None:
    """Refuse a socket on which somebody answers: gRPC would take its file away and listen in its place."""
    if len(os.fsencode(path)) > 107:
        raise CannotListen(f"unix:{path}: the path of a socket has at most 107 bytes; take a shorter one")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return
    raise CannotListen(f"unix:{path} is in use by another server: stop it, or set FIELDWORK_ADDRESS to another path")


def _why(address: str) -> str:
    """Return what is wrong with an address that gRPC could not bind; it says only that it failed."""
    remedy = "stop what listens there, or set FIELDWORK_ADDRESS to another host:port (port 0 takes any free one)"
    if address.startswith("unix:"):
        return f"{address} cannot be listened on: the folder must exist and be yours; {remedy}"
    host, port = _host_and_port(address)
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"{address} is in use by another process: {remedy}"
        return f"{address} cannot be listened on ({error.strerror or error}): {remedy}"
    return f"{address} cannot be listened on: {remedy}"
