"""A database that the user names: what is said when it is not usable."""

import pytest

from server.setup.address import for_application, masked, with_database
from server.setup.cluster import PrivateCluster
from server.setup.databases import check_database
from server.setup.failure import SetupError


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "no URL of a PostgreSQL database"),
        ("mysql://me:secret@here/db", "no URL of a PostgreSQL database"),
        ("postgresql://me:secret@here:port/db", "does not answer"),
        ("postgresql://me:secret@127.0.0.1:1/db", "does not answer"),
        ("postgresql://me:secret@/db?host=/nowhere", "does not answer"),
        ("postgresql://me:secret@/db?no_such_option=1", "cannot be read"),
    ],
)
def test_an_unusable_url_is_refused_by_the_variables_name_without_the_password(url: str, words: str) -> None:
    with pytest.raises(SetupError, match=words) as refusal:
        check_database(url)
    assert "FIELDWORK_DATABASE_URL" in str(refusal.value)
    assert "secret" not in str(refusal.value)
    assert "unset" in refusal.value.remedy


def test_an_unknown_database_is_named(running: PrivateCluster) -> None:
    with pytest.raises(SetupError, match='database "elsewhere" does not exist'):
        check_database(running.url_of("elsewhere"))


def test_a_database_that_answers_is_returned_for_the_application(running: PrivateCluster) -> None:
    assert check_database(running.url.replace("postgresql+psycopg", "postgres")) == running.url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:secret@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:se/cr@et@host/db", "postgresql://me:***@host/db"),
        ("postgresql://host/db?user=me&password=secret&x=1", "postgresql://host/db?user=me&password=***&x=1"),
        ("postgresql://me@/db?host=/run", "postgresql://me@/db?host=/run"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert masked(url) == shown


def test_urls_change_their_scheme_and_database_and_nothing_else() -> None:
    assert for_application("postgres://a:b@c:1/d?e=f") == "postgresql+psycopg://a:b@c:1/d?e=f"
    assert with_database("postgresql+psycopg://a:b@c:1/d?e=f", "g") == "postgresql+psycopg://a:b@c:1/g?e=f"
    assert with_database("postgresql://a@c", "g") == "postgresql://a@c/g"
