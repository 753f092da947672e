"""The `fieldwork` command."""

from __future__ import annotations

import os
import sys

from clients.cli.app import app
from clients.cli.connection import in_words
from clients.cli.failure import CliFailure
from clients.python.refusal import CallRefused

_INTERRUPTED = 130


def main() -> None:
    """Run the command of this process's arguments and exit: 0 done, 1 refused, 2 wrong usage, 130 interrupted."""
    try:
        app()
    except CliFailure as failure:
        sys.stderr.write(f"fieldwork: {failure}\n")
        sys.exit(failure.exit_code)
    except CallRefused as refusal:
        spoken = in_words(refusal, "the server's address")
        sys.stderr.write(f"fieldwork: {spoken}\n")
        sys.exit(spoken.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("fieldwork: interrupted\n")
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has gone (`fieldwork ... | head`); nothing may be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
