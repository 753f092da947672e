"""`python -m server`: the commands of the server's own process."""

import argparse
import sys
from collections.abc import Callable, Sequence

from server.settings import Settings, WrongSettingsError, read_settings
from server.setup import commands

Command = Callable[[Settings], int]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server", description="Fieldwork's server")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    database = verbs.add_parser("db", help="the private PostgreSQL cluster with PostGIS")
    actions = database.add_subparsers(dest="action", required=True, metavar="up|down|status")
    for name, run, text in (
        ("up", commands.db_up, "start it (install and create it first where needed) and print its URL"),
        ("down", commands.db_down, "stop it"),
        ("status", commands.db_status, "say where it is and whether it answers; exit code 3 if not"),
    ):
        actions.add_parser(name, help=text).set_defaults(run=run)
    verbs.add_parser("migrate", help="bring the database's tables up to date").set_defaults(run=commands.migrate)
    verbs.add_parser("doctor", help="say what is wrong with the set-up").set_defaults(run=commands.doctor)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 wrong usage, 3 not running."""
    chosen = _parser().parse_args(arguments)
    run: Command = chosen.run
    try:
        settings = read_settings()
    except WrongSettingsError as wrong:
        print(f"error: {wrong}", file=sys.stderr)  # noqa: T201 - before there is a log
        return commands.REFUSED
    return run(settings)


if __name__ == "__main__":
    sys.exit(main())
