"""Every measurement runs, and what it counts is right; its figures on so small an authority mean nothing."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import MEASURES, main

QUICK = ("repeated",)


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in MEASURES]
)
def test_a_measurement_counts_right(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "figures.json"
    assert main([name, "--tiny", "--seconds", "1", "--turns", "1", "--rounds", "3", "--json", str(kept)]) == 0
    found = json.loads(kept.read_text())
    assert found["machine"]["postgresql"]
    for figure in found["figures"]:
        if figure["goal"].isdigit():
            assert str(int(figure["value"])) == figure["goal"], figure
    assert found["figures"][0]["what"] in capsys.readouterr().out
