"""One log line and one count per call: what was asked and how it ended, never by whom in person nor with what content."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass

import grpc
import structlog

from server.rpc.metrics import Metrics

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = structlog.get_logger("fieldwork.rpc")


@dataclass(slots=True)
class Line:
    """A call at work; `principal` is known once the token is read."""

    method: str
    request_id: str
    started: float
    principal: str = ""


class Journal:
    """Writes the lines and counts the calls."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._log = _log.bind()  # once: it takes longer than writing the line

    def begin(self, method: str, metadata: dict[str, str | bytes]) -> Line:
        """Start the line of a call, under the request id that the client sent, or a new one."""
        self._metrics.begun()
        given = metadata.get("x-request-id")
        usable = isinstance(given, str) and _REQUEST_ID.fullmatch(given)
        return Line(method, str(given) if usable else uuid.uuid4().hex, time.perf_counter())

    def end(self, line: Line, code: grpc.StatusCode, reason: str = "", defect: Exception | None = None) -> None:
        """Write the line; a defect with its traceback, which goes nowhere else."""
        seconds = time.perf_counter() - line.started
        self._metrics.answered(line.method, code.name, seconds)
        facts = {"method": line.method, "code": code.name, "ms": round(seconds * 1000, 1), "request_id": line.request_id}
        if line.principal:
            facts["principal"] = line.principal
        if reason:
            facts["reason"] = reason
        if defect is None:
            self._log.info("rpc", **facts)
        else:
            self._log.error("rpc", exc_info=defect, **facts)
