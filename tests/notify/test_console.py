import io
import unicodedata

import pytest

from server.domain.message import Channel
from server.notify.console import ConsoleCarrier
from server.usecases.outgoing import Outgoing
from tests.calendars.makers import NASTY
from tests.notify.test_mail import a_mail


def shown(outgoing: Outgoing) -> str:
    out = io.StringIO()
    ConsoleCarrier(out).send(outgoing)
    return out.getvalue()


def test_a_text_message_is_shown_in_a_box() -> None:
    text = shown(Outgoing("k", Channel.SMS, "+358401234567", "", "Booking confirmed."))
    assert text.startswith("+-- SMS")
    assert "| To: +358401234567\n|\n| Booking confirmed.\n+--" in text


def test_a_mail_is_shown_with_its_invitation() -> None:
    text = shown(a_mail())
    assert "| Subject: Booking confirmed\n" in text
    assert "| -- invite.ics (REQUEST) --\n| BEGIN:VCALENDAR\n" in text
    assert "| END:VCALENDAR\n" in text


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_texts_from_outside_cannot_steer_the_terminal_or_leave_the_box(text: str) -> None:
    seen = shown(Outgoing("k", Channel.EMAIL, text, text, text))
    assert all(sign == "\n" or unicodedata.category(sign) != "Cc" for sign in seen)
    assert all(line.startswith(("|", "+--")) for line in seen.splitlines())
    assert "\u202e" not in seen


def test_signs_that_the_terminal_lacks_become_question_marks() -> None:
    octets = io.BytesIO()
    out = io.TextIOWrapper(octets, encoding="ascii")
    ConsoleCarrier(out).send(a_mail(body="Työ"))
    assert b"Ty?" in octets.getvalue()
