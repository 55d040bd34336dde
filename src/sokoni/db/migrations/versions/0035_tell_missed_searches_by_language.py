"""Tell missed searches by language."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEY = ("merchant_id", "shelf", "words", "day")
_MISSES = sa.table(
    "search_misses",
    sa.column("merchant_id", sa.Uuid()),
    sa.column("shelf", Exact(32)),
    sa.column("words", Exact(80)),
    sa.column("day", sa.Date()),
    sa.column("count", sa.Integer()),
    sa.column("last_at", UtcDateTime()),
)


def upgrade() -> None:
    # "" is where nobody wrote down in which language something was looked for.
    column: sa.Column[str] = sa.Column(
        "language", Exact(length=8), server_default="", nullable=False
    )
    with op.batch_alter_table("search_misses", schema=None) as batch_op:
        batch_op.add_column(column)
    _key_by((*_KEY, "language"))


def downgrade() -> None:
    connection = op.get_bind()
    c = _MISSES.c
    together = sa.select(
        *(c[name] for name in _KEY),
        sa.func.sum(c["count"]).label("count"),
        sa.func.max(c.last_at).label("last_at"),
    ).group_by(*(c[name] for name in _KEY))
    rows = [{**row, "count": int(row["count"])} for row in connection.execute(together).mappings()]
    op.execute(sa.delete(_MISSES))
    _key_by(_KEY)
    with op.batch_alter_table("search_misses", schema=None) as batch_op:
        batch_op.drop_column("language")
    op.bulk_insert(_MISSES, rows)


def _key_by(columns: Sequence[str]) -> None:
    name = op.f("pk_search_misses")
    with op.batch_alter_table("search_misses", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="primary")
        batch_op.create_primary_key(name, list(columns))
