"""How a command says that it cannot go on: one clear line and an exit code."""

from __future__ import annotations

REFUSED, WRONG_USAGE = 1, 2


class CliFailure(Exception):
    """What went wrong and what to do; becomes the last line on stderr."""

    def __init__(self, message: str, exit_code: int = REFUSED) -> None:
        super().__init__(message)
        self.exit_code = exit_code
