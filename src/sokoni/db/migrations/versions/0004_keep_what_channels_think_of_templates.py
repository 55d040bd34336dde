"""Keep heads, links and verdicts of templates, and who cannot be reached."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OLD = sa.table(
    "templates",
    sa.column("id", sa.Uuid()),
    sa.column("buttons", sa.String()),
    sa.column("language"),
)
_NEW = sa.table(
    "templates",
    sa.column("id", sa.Uuid()),
    sa.column("code"),
    sa.column("footer"),
    sa.column("reason"),
    sa.column("quality"),
    sa.column("buttons", sa.JSON()),
)


def upgrade() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unreachable_at", UtcDateTime(), nullable=True))
    before = op.get_bind().execute(sa.select(_OLD)).all()
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.drop_column("buttons")
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", Exact(length=16), nullable=True))
        batch_op.add_column(sa.Column("header", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("footer", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("buttons", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("quality", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("judged_at", UtcDateTime(), nullable=True))
    for row in before:
        values = {"buttons": _as_rows(row.buttons), "code": row.language}
        same = sa.update(_NEW).where(_NEW.c.id == row.id)
        op.get_bind().execute(same.values(footer="", reason="", quality="", **values))
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.alter_column("code", existing_type=Exact(length=16), nullable=False)
        batch_op.alter_column("footer", existing_type=sa.String(length=60), nullable=False)
        batch_op.alter_column("buttons", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("reason", existing_type=sa.String(length=300), nullable=False)
        batch_op.alter_column("quality", existing_type=sa.String(length=16), nullable=False)


def downgrade() -> None:
    before = op.get_bind().execute(sa.select(_NEW)).all()
    with op.batch_alter_table("templates", schema=None) as batch_op:
        for column in ("code", "header", "footer", "buttons", "reason", "quality", "judged_at"):
            batch_op.drop_column(column)
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("buttons", sa.String(length=500), nullable=False, server_default="")
        )
    for row in before:
        same = sa.update(_OLD).where(_OLD.c.id == row.id)
        op.get_bind().execute(same.values(buttons=_as_text(row.buttons)))
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.alter_column(
            "buttons",
            existing_type=sa.String(length=500),
            existing_nullable=False,
            server_default=None,
        )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("unreachable_at")


def _as_rows(buttons: str) -> list[dict[str, str]]:
    """Read `choice:title` of each quick reply."""
    parts = [part.partition(":") for part in buttons.split(",") if part.strip()]
    return [{"title": title.strip(), "choice": choice.strip()} for choice, _, title in parts]


def _as_text(buttons: list[dict[str, Any]]) -> str:
    """Write quick replies alone: links had no place there."""
    return ",".join(f"{one['choice']}:{one['title']}" for one in buttons if "choice" in one)
