import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.web.access_log import WithoutSecrets
from clients.web.settings import CHECKOUT, WebSettings
from clients.web.worker_token import NoToken, worker_token
from tests.web.conftest import ICS, TOKEN, Browser, running

FEED = f"/feeds/{TOKEN}.ics"


@pytest.fixture(scope="module")
def keyless(api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    yield from running(WebSettings(api, home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def stranger(api: str) -> Iterator[Browser]:
    yield from running(WebSettings(api, demo_key="another key " * 4))


def test_the_feed_comes_as_a_private_calendar(browser: Browser) -> None:
    status, headers, body = browser.get(FEED)
    assert (status, body) == (200, ICS)
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["cache-control"].startswith("private")
    assert headers["etag"] == '"abc"'


@pytest.mark.parametrize("tag", ['"abc"', 'W/"abc"', '"old", "abc"', "*"])
def test_who_has_the_content_gets_no_body(browser: Browser, tag: str) -> None:
    status, headers, body = browser.get(FEED, If_None_Match=tag)
    assert (status, body, headers["etag"]) == (304, "", '"abc"')


def test_who_has_another_content_gets_the_new_one(browser: Browser) -> None:
    assert browser.get(FEED, If_None_Match='"old"')[0] == 200


def test_a_head_request_tells_the_tag(browser: Browser) -> None:
    status, headers, body = browser.get(FEED, method="HEAD")
    assert (status, headers["etag"], body) == (200, '"abc"', "")


@pytest.mark.parametrize(
    "path", ["/feeds/" + "u" * 43 + ".ics", "/feeds/short.ics", "/feeds/%00.ics", "/feeds/..%2f..%2fetc.ics"]
)
def test_every_address_that_is_none_gets_the_same_plain_answer(browser: Browser, path: str) -> None:
    status, headers, body = browser.get(path)
    assert status == 404
    assert headers["content-type"].startswith("text/plain")
    assert "Traceback" not in body


def test_unknown_and_malformed_tokens_cannot_be_told_apart(browser: Browser) -> None:
    unknown, malformed = browser.get("/feeds/" + "u" * 43 + ".ics"), browser.get("/feeds/short.ics")
    assert (unknown[0], unknown[2]) == (malformed[0], malformed[2])


@pytest.mark.parametrize("path", [FEED, "/feeds/none.ics", "/healthz", "/elsewhere"])
def test_every_answer_bears_the_security_headers(browser: Browser, path: str) -> None:
    headers = browser.get(path)[1]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_without_a_server_the_reader_is_told_to_come_back(lonely: Browser) -> None:
    status, headers, body = lonely.get(FEED)
    assert (status, headers["retry-after"]) == (503, "60")
    assert "Traceback" not in body
    assert lonely.get("/healthz")[0] == 503


def test_with_a_server_the_process_is_healthy(browser: Browser) -> None:
    assert browser.get("/healthz")[0] == 200


def test_a_process_without_a_key_says_in_its_log_what_to_set(keyless: Browser, caplog: pytest.LogCaptureFixture) -> None:
    assert keyless.get(FEED)[0] == 503
    assert "FIELDWORK_WEB_TOKEN" in caplog.text
    assert TOKEN not in caplog.text


def test_a_token_that_the_server_refuses_shows_nothing(stranger: Browser) -> None:
    status, _, body = stranger.get(FEED)
    assert status == 503
    assert "Traceback" not in body


def test_the_access_log_does_not_show_the_secret() -> None:
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s"', ("127.0.0.1:1", f"GET {FEED}"), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == '127.0.0.1:1 - "GET /feeds/***"'


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    assert WebSettings.read({}) == WebSettings("127.0.0.1:8470", "", "", CHECKOUT / ".fieldwork")
    told = {"FIELDWORK_SERVER": "unix:/s", "FIELDWORK_WEB_TOKEN": "t", "FIELDWORK_HOME": str(tmp_path)}
    assert WebSettings.read(told) == WebSettings("unix:/s", "t", "", tmp_path)


def test_a_demo_token_is_made_with_the_key_of_the_installation(tmp_path: Path) -> None:
    with pytest.raises(NoToken, match="FIELDWORK_WEB_TOKEN"):
        worker_token(WebSettings(home=tmp_path))
    (tmp_path / "demo.key").write_text("k" * 64)
    assert worker_token(WebSettings(home=tmp_path)).count(".") == 2
    assert worker_token(WebSettings(token="given", home=tmp_path)) == "given"
