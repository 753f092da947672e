"""What all tables share: the metadata with its naming, and columns that recur."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)
Time = sa.DateTime(timezone=True)


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id: the change feed reads rows at or after a snapshot's xmin."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "xid8"


def big_id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)


def counted_id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def case_columns() -> list[sa.Column[str]]:
    return [sa.Column("case_system", sa.Text), sa.Column("case_external_id", sa.Text)]
