"""`python -m benchmarks [NAME ...]`: measure, print a table, keep the figures as JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import booking, hot_slot, repeated, report, search
from benchmarks.authority import FULL, TINY
from benchmarks.loading import built
from benchmarks.place import Place
from server.settings import read_settings
from server.setup.ready import database_url

MEASURES: dict[str, Callable[[Place], list[report.Figure]]] = {
    "booking": booking.measure,
    "on-site": booking.measure_on_site,
    "search": search.measure,
    "hot-slot": hot_slot.measure,
    "repeated": repeated.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="measure Fieldwork")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(MEASURES)}; none: all")
    parser.add_argument("--tiny", action="store_true", help="an authority of a handful: shows that it works, no figures")
    parser.add_argument("--seconds", type=int, default=10, help="how long each turn lasts")
    parser.add_argument("--turns", type=int, default=5, help="how often; the median counts")
    parser.add_argument("--rounds", type=int, default=1000, help="how often the hot slot is fought for")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="where to keep the figures")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a FIELDWORK_ setting of the server"
    )
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(MEASURES):
        parser.error(f"there is no {', '.join(sorted(unknown))}: take {', '.join(MEASURES)}")
    url = database_url(read_settings())
    where = report.machine(url)
    figures: list[report.Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Place(
            server_url=url,
            program=built(Path(folder)),
            size=TINY if chosen.tiny else FULL,
            seconds=chosen.seconds,
            turns=chosen.turns,
            rounds=chosen.rounds,
            settings=dict(one.split("=", 1) for one in chosen.set),
        )
        for name in chosen.names or MEASURES:
            sys.stderr.write(f"measuring {name} ...\n")
            figures += MEASURES[name](place)
    report.show(where, figures)
    if chosen.json:
        chosen.json.write_text(json.dumps(report.as_json(where, figures), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
