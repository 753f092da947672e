"""The harmless default: messages are shown on standard output and go nowhere."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from server.domain.message import Channel
from server.domain.plain_text import lines, one_line
from server.usecases.outgoing import Outgoing

_TITLES = {Channel.SMS: "SMS", Channel.EMAIL: "MAIL"}


class ConsoleCarrier:
    """Prints each message in a box. What comes from outside can neither move the cursor nor draw a box of its own."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out
        self._one_at_a_time = threading.Lock()

    def send(self, outgoing: Outgoing) -> str:
        """Print it and return an id made of its key."""
        text = "".join(f"{line}\n" for line in _box(outgoing))
        out = self._out or sys.stdout
        encoding = getattr(out, "encoding", None) or "utf-8"
        with self._one_at_a_time:
            out.write(text.encode(encoding, "replace").decode(encoding))
            out.flush()
        return f"console:{outgoing.key}"


def _box(outgoing: Outgoing) -> list[str]:
    head = [f"To: {one_line(outgoing.recipient)}"]
    if outgoing.subject:
        head.append(f"Subject: {one_line(outgoing.subject)}")
    inside = [*head, "", *lines(outgoing.body).rstrip("\n").split("\n")]
    if outgoing.ics:
        inside += ["", f"-- invite.ics ({outgoing.method}) --", *lines(outgoing.ics).rstrip("\n").split("\n")]
    title = f"+-- {_TITLES[outgoing.channel]} (not sent: shown on the console) "
    return [title + "-" * max(0, 78 - len(title)), *(f"| {line}".rstrip() for line in inside), "+" + "-" * 77]
