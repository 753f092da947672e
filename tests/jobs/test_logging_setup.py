import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from procrastinate.exceptions import ConnectorException

from server.logging_setup import set_up_logging


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def logged(form: str = "json", level: str = "info") -> tuple[io.StringIO, Any]:
    out = io.StringIO()
    set_up_logging(level, form, out)
    return out, structlog.get_logger("fieldwork.test")


def test_a_line_is_one_json_object_with_time_level_and_source() -> None:
    out, log = logged()
    log.info("rpc", method="GetBooking", ms=1.5)
    line = json.loads(out.getvalue())
    assert (line["event"], line["level"], line["logger"], line["ms"]) == ("rpc", "info", "fieldwork.test", 1.5)
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_is_logged_in_the_same_form() -> None:
    out, _ = logged()
    logging.getLogger("procrastinate.worker").warning("job %s", 7)
    assert json.loads(out.getvalue())["event"] == "job 7"


@pytest.mark.parametrize("form", ["json", "console"])
def test_personal_data_never_reaches_a_log(form: str) -> None:
    out, log = logged(form)
    log.info("sent", phone="+358401234567", email="aino@example.com", token="s3cret", booking="bookings/1")
    log.info("sent", deep={"customer": {"name": "Aino"}, "list": [{"body": "secret words"}]}, name="Aino")
    for word in ("+358", "aino@", "s3cret", "Aino", "secret words"):
        assert word not in out.getvalue()
    assert "bookings/1" in out.getvalue()


@pytest.mark.parametrize("form", ["json", "console"])
def test_the_values_of_a_statement_that_failed_are_left_out(form: str, database_url: str) -> None:
    out, log = logged(form)
    engine = sa.create_engine(database_url)
    row = {"phone": "+358401234567"}
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("create temporary table t (phone text unique)"))
            insert = sa.text("insert into t values (:phone)")
            connection.execute(insert, row)
            connection.execute(insert, row)
    except sa.exc.IntegrityError:
        log.exception("defect")
        logging.getLogger("other").exception("defect")
    assert "IntegrityError" in out.getvalue()
    assert "+358" not in out.getvalue()
    engine.dispose()


def test_a_traceback_does_not_show_local_variables() -> None:
    out, log = logged("console")
    phone = "+358401234567"
    try:
        raise RuntimeError(str(len(phone)))
    except RuntimeError:
        log.exception("defect")
    assert "RuntimeError: 13" in out.getvalue()
    assert "+358" not in out.getvalue()


def test_what_is_below_the_level_is_not_written() -> None:
    out, log = logged(level="warning")
    log.info("quiet")
    logging.getLogger("other").info("quiet")
    assert out.getvalue() == ""


def test_a_database_that_is_away_is_told_in_a_word_and_not_in_a_traceback() -> None:
    out = io.StringIO()
    set_up_logging("info", "console", out)
    try:
        raise ConnectorException("gone")
    except ConnectorException:
        logging.getLogger("procrastinate.worker").exception("job lost")
    assert "Traceback" not in out.getvalue()
    assert "the database is away" in out.getvalue()
