"""Runs revisions on the connection that `sokoni.db.migrate` hands over."""

from typing import Any, Final, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import LargeBinary
from sqlalchemy.sql.elements import False_, True_

from sokoni.db.migrate import is_of_models

_TRUTHS: Final[dict[type, str]] = {False_: "sa.false()", True_: "sa.true()"}


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401
    """Write what is ours or differs between databases so that it means the same everywhere."""
    if kind == "server_default":
        return _TRUTHS.get(type(getattr(item, "arg", None)), False)
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
        include_name=is_of_models,
        render_as_batch=handed["connection"].dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
