"""Opening rules; facts about teams, rooms and the whole authority; repairs that are escalated.

What was an absence becomes a fact with one overlay of the same id; its kind ("sick") becomes the fact's label.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ONE_SUBJECT = "num_nonnulls(team_id, resource_id) <= 1"


def _span_free(**how: object) -> None:
    """Make the constraint anew that keeps the days of a resource apart."""
    op.drop_constraint("resource_day_span_free", "resource_day")
    op.create_exclude_constraint(
        "resource_day_span_free", "resource_day", ("resource_id", "="), ("span", "&&"), using="gist", **how
    )


def _create_rules() -> None:
    op.create_table(
        "opening_rule",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False, comment="local time"),
        sa.Column("closes", sa.Time(), nullable=False, comment="local time; not after opens: on the next date"),
        sa.Column(
            "weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False, comment="ISO: Monday is 1; empty for DATE"
        ),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("after_last", sa.Date(), nullable=False, comment="exclusive"),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(ONE_SUBJECT, name=op.f("opening_rule_subject_check")),
        sa.CheckConstraint("effect in ('OPEN', 'CLOSED')", name=op.f("opening_rule_effect_check")),
        sa.CheckConstraint("recurrence in ('WEEKLY', 'DATE')", name=op.f("opening_rule_recurrence_check")),
        sa.CheckConstraint(
            "(recurrence = 'WEEKLY') = (cardinality(weekdays) > 0)", name=op.f("opening_rule_weekdays_check")
        ),
        sa.CheckConstraint("first < after_last", name=op.f("opening_rule_dates_check")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("opening_rule_team_id_fkey")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("opening_rule_resource_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("opening_rule_pkey")),
    )
    op.create_index(op.f("opening_rule_team_id_idx"), "opening_rule", ["team_id"])
    op.create_index(op.f("opening_rule_resource_id_idx"), "opening_rule", ["resource_id"])


def _create_facts() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False, comment="what sort, e.g. sick"),
        sa.Column("busy", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False, comment="the system that owns it"),
        sa.Column("external_id", sa.Text(), server_default="", nullable=False),
        sa.Column("creator", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(ONE_SUBJECT, name=op.f("fact_subject_check")),
        sa.CheckConstraint(
            "kind in ('absence', 'closure', 'external-busy', 'out-of-service')", name=op.f("fact_kind_check")
        ),
        sa.CheckConstraint("not isempty(busy)", name=op.f("fact_busy_check")),
        sa.CheckConstraint("(source = '') = (external_id = '')", name=op.f("fact_external_id_check")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fact_team_id_fkey")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fact_resource_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("fact_pkey")),
    )
    op.create_index(op.f("fact_team_id_idx"), "fact", ["team_id"])
    op.create_index(op.f("fact_resource_id_idx"), "fact", ["resource_id"])
    op.create_index("fact_busy_idx", "fact", ["busy"], postgresql_using="gist")
    op.create_index(
        "fact_source_external_id_key",
        "fact",
        ["source", "external_id"],
        unique=True,
        postgresql_where=sa.text("source <> ''"),
    )


def upgrade() -> None:
    """Bring the database forward."""
    _create_rules()
    _create_facts()
    op.execute(
        "insert into fact (id, resource_id, kind, label, busy) select id, resource_id, 'absence', kind, busy from overlay"
    )
    op.add_column(
        "overlay", sa.Column("fact_id", sa.BigInteger(), nullable=True, comment="null: closed by the opening rules")
    )
    op.execute("update overlay set fact_id = id, kind = 'absence'")
    op.create_check_constraint(op.f("overlay_fact_id_check"), "overlay", "(kind = 'closed') = (fact_id is null)")
    op.create_index(op.f("overlay_fact_id_idx"), "overlay", ["fact_id"])
    op.add_column(
        "repair",
        sa.Column(
            "escalated_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when nobody had settled it by its deadline",
        ),
    )
    _span_free(deferrable=True, initially="IMMEDIATE")


def downgrade() -> None:
    """Bring the database back; what is closed by rules, or for a team or everybody, goes on being closed as an absence."""
    _span_free()
    op.drop_column("repair", "escalated_at")
    op.drop_constraint(op.f("overlay_fact_id_check"), "overlay")
    op.execute("update overlay set kind = f.label from fact f where f.id = fact_id and f.kind = 'absence'")
    op.drop_column("overlay", "fact_id")
    op.drop_table("fact")
    op.drop_table("opening_rule")
