"""Database URLs: the application's form, the driver's form, and one that may be shown."""

import re

APPLICATION = "postgresql+psycopg://"
DRIVER = "postgresql://"
SCHEME = re.compile(r"^(postgresql|postgres|postgresql\+psycopg)://")


def for_application(url: str) -> str:
    """Return a PostgreSQL URL as SQLAlchemy wants it."""
    return SCHEME.sub(APPLICATION, url)


def for_driver(url: str) -> str:
    """Return a PostgreSQL URL as libpq wants it."""
    return SCHEME.sub(DRIVER, url)


def with_database(url: str, database: str) -> str:
    """Return the URL of another database on the same server."""
    return re.sub(r"^(\w+(?:\+\w+)?://[^/?]*)(/[^?]*)?", lambda found: f"{found.group(1)}/{database}", url)


def masked(url: str) -> str:
    """Return the URL without its password, also where that holds signs that it should not."""
    without = re.sub(r"(://[^:@/]*:).*@", r"\1***@", url)
    return re.sub(r"([?&]password=)[^&]*", r"\1***", without)
