"""`python -m server`: the commands of the server's own process."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from server.settings import Settings, WrongSettingsError, read_settings
from server.setup import commands

Command = Callable[[Settings, argparse.Namespace], int]


def _simple(run: Callable[[Settings], int]) -> Command:
    return lambda settings, _: run(settings)


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from server.setup.processes import serve

    return serve(settings)


def _work(settings: Settings, _: argparse.Namespace) -> int:
    from server.setup.processes import work

    return work(settings)


def _demo_reset(settings: Settings, _: argparse.Namespace) -> int:
    from server.setup.processes import demo_reset

    return demo_reset(settings)


def _import(settings: Settings, chosen: argparse.Namespace) -> int:
    from server.setup.importing import run

    return run(settings, chosen.kind, chosen.file, patches=chosen.patches, partial=chosen.partial, as_json=chosen.json)


def _token(settings: Settings, chosen: argparse.Namespace) -> int:
    from server.rpc.token_command import print_token

    return print_token(settings, chosen.role, chosen.principal, chosen.officer, chosen.ttl, chosen.system, chosen.source)


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
        actions.add_parser(name, help=text).set_defaults(run=_simple(run))
    for name, command, text in (
        ("migrate", _simple(commands.migrate), "bring the database's tables up to date"),
        (
            "verify",
            _simple(commands.verify),
            "compare every route, row and promise in the database; exit code 1 if any differ",
        ),
        ("doctor", _simple(commands.doctor), "say what is wrong with the set-up"),
        ("serve", _serve, "serve the API until SIGTERM"),
        ("work", _work, "run jobs (messages, plans) until SIGTERM"),
        ("demo-reset", _demo_reset, "make the demo's own database anew and print its URL as JSON"),
    ):
        verbs.add_parser(name, help=text).set_defaults(run=command)
    _add_import(verbs.add_parser("import", help="import a city or a CSV file"))
    _add_token(verbs.add_parser("token", help="print a demo token, for trying the API by hand"))
    return parser


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_import, patches="")
    _add_how(parser, False)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    city = kinds.add_parser("city", help="premises, addresses, patches and roads")
    city.add_argument("file", metavar="FILE", nargs="?", default="", help=".osm.pbf file or address; none: Helsinki")
    city.add_argument("--patches", default="", metavar="FILE", help="GeoJSON of patches")
    _add_how(city, argparse.SUPPRESS)
    for kind in ("services", "teams", "officers", "shifts", "rosters", "visits", "bookings"):
        rows = kinds.add_parser(kind, help=f"{kind} of a CSV file")
        rows.add_argument("file", metavar="FILE", help="CSV file")
        _add_how(rows, argparse.SUPPRESS)


def _add_how(parser: argparse.ArgumentParser, default: object) -> None:
    """Add what may stand before KIND, after it and after FILE; a default of the later would undo what stood before."""
    parser.add_argument(
        "--partial", action="store_true", default=default, help="import the good rows of a file with bad ones"
    )
    parser.add_argument("--json", action="store_true", default=default, help="print the report as JSON")


def _add_token(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, help="booking_administrator, officer, customer_service, ...")
    parser.add_argument("--principal", default="demo", help="who the token says it is")
    parser.add_argument("--officer", help="the officer's code, for role officer")
    parser.add_argument("--system", default="", help="short name of the system whose records it owns, for role partner")
    parser.add_argument("--source", default="", help="how bookings come in that it makes: PHONE, MOBILE_APP, AI_AGENT, ...")
    parser.add_argument("--ttl", type=int, default=43_200, help="seconds to live")
    parser.set_defaults(run=_token)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what was asked for; wrong usage ends the process with code 2."""
    parser = _parser()
    chosen, left = parser.parse_known_args(arguments)
    # Of an option and then a city's optional FILE, argparse takes the FILE for absent and the argument for a stranger.
    if chosen.verb == "import" and chosen.kind == "city" and not chosen.file and left and not left[0].startswith("-"):
        chosen.file = left.pop(0)
    if left:
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 wrong usage or cannot listen, 3 not running."""
    chosen = _parsed(arguments)
    run: Command = chosen.run
    try:
        settings = read_settings()
    except WrongSettingsError as wrong:
        print(f"error: {wrong}", file=sys.stderr)  # noqa: T201 - before there is a log
        return commands.REFUSED
    return run(settings, chosen)


if __name__ == "__main__":
    sys.exit(main())
