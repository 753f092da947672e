from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy

import pytest

from server.calendars.ics import invitation
from server.domain.message import Channel
from server.notify.mail import compose
from server.usecases.outgoing import Outgoing
from tests.calendars.makers import AUTHORITY, NASTY, NOW, a_subject

ICS = invitation(a_subject(), AUTHORITY, "Visit", "Words", NOW)


def a_mail(subject: str = "Booking confirmed", body: str = "Dear you,\n\nyes.\n", to: str = "aino@example.com") -> Outgoing:
    return Outgoing("bookings/x:1:booking.confirmed:EMAIL", Channel.EMAIL, to, subject, body, ICS)


def parsed(outgoing: Outgoing, name: str = "The authority") -> EmailMessage:
    octets = compose(outgoing, "bookings@city.example", name, NOW).as_bytes()
    message = message_from_bytes(octets, policy=default_policy)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_has_text_html_an_invitation_and_a_file() -> None:
    mail = parsed(a_mail())
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == ICS.encode()
    file = next(part for part in mail.walk() if part.get_content_type() == "application/ics")
    assert file.get_filename() == "invite.ics"
    assert file.get_payload(decode=True) == ICS.encode()


def test_the_message_id_is_the_same_in_every_try() -> None:
    assert parsed(a_mail())["Message-ID"] == "<bookings.x.1.booking.confirmed.EMAIL@city.example>"


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_texts_from_outside_add_no_header(text: str) -> None:
    mail = parsed(a_mail(subject=text), name=text)
    assert set(mail.keys()) == {
        "From", "To", "Date", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip


@pytest.mark.parametrize(
    "to", ["a@b.example\r\nBcc: evil@example.com", "a@b.example, evil@example.com", "", "no-at", "@b", "a@", "ö@b.example"]
)
def test_an_address_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        compose(a_mail(to=to), "bookings@city.example", "", NOW)


def test_the_html_shows_text_as_text() -> None:
    mail = parsed(a_mail(body="<script>alert(1)</script> & so"))
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; so" in html.get_content()


def test_a_domain_with_letters_of_its_own_is_written_in_ascii() -> None:
    assert parsed(a_mail(to="aino@münchen.example"))["To"] == "aino@xn--mnchen-3ya.example"
