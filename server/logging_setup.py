"""Logs: one line per event on standard error, for people or as JSON, without personal data."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PERSONAL = frozenset(
    {
        "authorization",
        "body",
        "customer",
        "customer_name",
        "display_name",
        "email",
        "ics",
        "name",
        "note",
        "password",
        "phone",
        "recipient",
        "subject",
        "token",
    }
)
"""Keys whose values never reach a log, at whatever depth."""

# What drivers add to their errors: the values of a statement, and of the row that broke a constraint.
_VALUES = re.compile(r"\[parameters: .*?\](?=\n|$)|(?<=DETAIL:)[^\n]*|(?<=CONTEXT:)[^\n]*", re.DOTALL)

AWAY = frozenset({"ConnectorException", "OperationalError", "AdminShutdown"})
"""What drivers and the queue raise when the database is not there."""


def set_up_logging(level: str, form: str, out: TextIO | None = None) -> None:
    """Send every log of this process, structlog's and the standard library's, to `out` (default: standard error).

    `level` is a name such as "info"; `form` is "json" or "console".
    """
    stream = out or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        without_outage,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        without_personal_data,
    ]
    renderer = _renderer(form, stream)
    # Our own lines do not pass through the standard library's machinery: one is written for every call.
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=lambda *names: _Lines(stream, *names),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(renderer, shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # It tells each of its plugins' names before anything has happened.
    logging.getLogger("alembic").setLevel(max(root.level, logging.WARNING))


def without_outage(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say in a word that the database went away: the queue logs that with a traceback, which looks like a defect."""
    trouble = event.get("exc_info")
    if isinstance(trouble, tuple) and type(trouble[1]).__name__ in AWAY:
        del event["exc_info"]
        event["cause"] = "the database is away"
    return event


def without_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop personal keys at any depth, and the values that drivers put into error texts."""
    return {key: _cleaned(value) for key, value in event.items() if key not in PERSONAL}


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _VALUES.sub(" (values left out)", value)
    if isinstance(value, Mapping):
        return {key: _cleaned(one) for key, one in value.items() if key not in PERSONAL}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return value


class _Lines(structlog.WriteLogger):
    """A structlog logger that writes lines to a stream and knows its name."""

    def __init__(self, stream: TextIO, name: str = "") -> None:
        super().__init__(stream)
        self.name = name


def _renderer(form: str, stream: TextIO) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer()
    # Plain tracebacks: the pretty ones show local variables.
    colours = bool(getattr(stream, "isatty", lambda: False)())
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)


def _formatter(renderer: Processor, shared: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
