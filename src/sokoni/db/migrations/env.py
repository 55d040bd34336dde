"""Runs revisions on the connection that `sokoni.db.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import LargeBinary


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401
    """Write our portable types by name, so that a revision means the same everywhere."""
    if kind != "type":
        return False
    if isinstance(item, LargeBinary):
        autogen.imports.add("from sokoni.db.base import Sealed")
        return "Sealed"
    room = type(item).__module__
    if not room.startswith("sokoni."):
        return False
    autogen.imports.add(f"from {room} import {type(item).__name__}")
    return repr(item)


def run() -> None:
    handed = context.config.attributes
    context.configure(
        connection=handed["connection"],
        target_metadata=handed["metadata"],
        render_item=render_item,
        render_as_batch=handed["connection"].dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
