"""The story from the first import to the map, with its processes ended at the end."""

from __future__ import annotations

import json
import signal
import sys
import time
from types import FrameType

from clients.cli.demo import chapter_booking, chapter_field, chapter_import, chapter_map, chapter_planning
from clients.cli.demo.desk import Desk
from clients.cli.demo.scene import City, Staff, Wish, hold
from clients.cli.demo.stage import Stage, free_port
from clients.cli.demo.summary import summarise
from clients.cli.demo.to_try import lines_to_try
from clients.cli.demo.voice import Voice
from clients.python.client import Client

_USUAL_PORT = 8470


def tell(wish: Wish) -> None:
    """Run the demo; returns when every step held, else raises what did not."""
    began = time.monotonic()
    voice = Voice(stderr=wish.as_json)
    signal.signal(signal.SIGTERM, _as_interrupt)
    zone, day = chapter_import.when(voice, wish)
    wish.out.mkdir(parents=True, exist_ok=True)
    voice.chapter(1, "a real city, an invented team")
    environment = chapter_import.open_database(voice)
    report = chapter_import.import_city(voice, wish, environment)
    # What stays up is best found where every client looks first.
    address = f"127.0.0.1:{free_port(_USUAL_PORT if wish.keep else 0)}"
    with Stage(voice, wish.out, {**environment, "FIELDWORK_ADDRESS": address}) as stage:
        _start(stage, address)
        desk = Desk(address, stage.environment)
        try:
            city = chapter_import.settle(report, desk, zone, day)
            staff = chapter_import.import_staff(voice, wish, city, environment)
            figures, feed = _live(stage, desk, wish, city, staff, began)
        finally:
            desk.close()
        if wish.keep:
            voice.say(lines_to_try(desk, city, staff, feed, stage.pids()))
            stage.leave_running()
    if wish.as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        voice.say(f"==> every step held, {figures['seconds']} s. Look at {(wish.out / 'planned-day.html').as_uri()}")


def _start(stage: Stage, address: str) -> None:
    with stage.voice.step(f"starting the server on {address} and the worker"):
        stage.serve("serve")
        with Client(address, attempts=1) as probe:
            stage.until(probe.is_serving, "the start of the server")
        stage.serve("work", aloud=True)


def _live(
    stage: Stage, desk: Desk, wish: Wish, city: City, staff: Staff, began: float
) -> tuple[dict[str, int | float], str]:
    """Play chapters 2 to 4 and return the figures and the address of a calendar feed."""
    voice = stage.voice
    voice.chapter(2, f"a customer books a consultation on {city.day:%A} {city.day}")
    first = chapter_booking.book_as_public(stage, desk, city)
    voice.chapter(3, "the night's planning")
    night = chapter_planning.plan_the_night(voice, desk, wish, city, staff, first)
    chapter_map.draw(voice, desk, city, staff, night, wish.out)
    voice.chapter(4, "the day begins: another customer, the phone, the calendar")
    second = chapter_field.book_into_the_day(stage, desk, city, staff, night)
    feed = chapter_field.phone_and_calendar(stage, desk, city, night, wish.out)
    stage.must_run()
    figures = summarise(city, staff, night, [first, second], time.monotonic() - began)
    hold(figures["messages"] == 2 * figures["bookings"], "each booking sent an SMS and a mail")
    return figures, feed


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Turn a polite end into the exception that Ctrl-C makes, so that the processes are ended in order."""
    raise KeyboardInterrupt
