"""What the demo tells people: chapters, steps with their time, tables."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule


class Voice:
    """Speaks on stderr when stdout is kept for machines, on stdout otherwise. Safe to use from several threads."""

    def __init__(self, *, stderr: bool) -> None:
        self.console = Console(stderr=stderr, highlight=False, soft_wrap=False)
        self._lock = threading.Lock()

    def chapter(self, number: int, title: str) -> None:
        """Open a chapter."""
        self.show(Rule(f"[bold]{number}. {escape(title)}[/bold]", align="left"))

    def say(self, text: str) -> None:
        """Say a line, as it is."""
        with self._lock:
            self.console.print(text, markup=False, soft_wrap=True)

    def show(self, thing: RenderableType) -> None:
        """Show a table or a rule."""
        with self._lock:
            self.console.print(thing)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Name a step before it starts, and its time when it took more than a second."""
        self.say(f"==> {what}")
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        if took > 1:
            self.say(f"    {took:.1f} s")

    @contextmanager
    def bar(self, what: str) -> Iterator[Callable[[str, int], None]]:
        """Give a function that shows phase and percentage: as a bar in a terminal, else as a line per phase."""
        if not self.console.is_terminal:
            yield self._phases()
            return
        columns = (TextColumn("    {task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
        with Progress(*columns, TimeElapsedColumn(), console=self.console) as progress:
            task = progress.add_task(what, total=100)
            yield lambda phase, percent: progress.update(task, description=phase, completed=percent)

    def _phases(self) -> Callable[[str, int], None]:
        told: list[str] = []

        def tell(phase: str, percent: int) -> None:
            if phase not in told:
                told.append(phase)
                self.say(f"    {phase}: {percent} %")

        return tell

    def follow(self, path: Path, prefix: str, until: threading.Event) -> threading.Thread:
        """Say every line that a process writes to a file, until told to stop."""

        def speak() -> None:
            with path.open(encoding="utf-8", errors="replace") as file:
                while True:
                    last = until.is_set()
                    for line in file:
                        self.say(f"{prefix}{line.rstrip()}")
                    if last:
                        return
                    until.wait(0.1)

        thread = threading.Thread(target=speak, daemon=True, name=f"follow {path.name}")
        thread.start()
        return thread
