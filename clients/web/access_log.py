"""Keeps the secret part of feed addresses out of the access log."""

from __future__ import annotations

import logging
import re

_SECRET = re.compile(r"/feeds/[^\s/?#]+")


class WithoutSecrets(logging.Filter):
    """Rewrites log records; never drops one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask tokens in the record's arguments."""
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(value) if isinstance(value, str) else value for value in record.args)
        return True


def mask_access_log() -> None:
    """Put the filter on uvicorn's access log, once."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(one, WithoutSecrets) for one in log.filters):
        log.addFilter(WithoutSecrets())


def _masked(text: str) -> str:
    return _SECRET.sub("/feeds/***", text)
