"""The documents: generated where they can be, with links that lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_reference_is_what_contract_and_settings_give() -> None:
    script = ROOT / "docs" / "generate_reference.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_of_the_repository(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("kind", ["teams", "officers", "shifts", "rosters", "services", "visits", "bookings"])
def test_the_columns_of_every_importer_are_told(kind: str) -> None:
    from importlib import import_module

    columns = import_module(f"server.imports.{kind}").COLUMNS
    page = (ROOT / "docs" / "how-to" / "import-your-data.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{kind}` |"))
    assert f"`{','.join(columns.required)}`" in row
    assert not columns.optional or f"[`{','.join(columns.optional)}`]" in row
