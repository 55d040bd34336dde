"""Writes `docs/settings.md` from the models: `make docs`. A test compares the two."""

import ast
import inspect
import itertools
import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from sokoni.bootstrap import kinds
from sokoni.config import Settings
from sokoni.merchants.declared import (
    DeclaredButton,
    DeclaredHeader,
    DeclaredMerchant,
    DeclaredStaff,
    DeclaredTemplate,
)

PAGE: Final = Path(__file__).parents[2] / "docs" / "settings.md"
_HEAD: Final = """# Settings

Written from the models by `make docs`; a test fails where it differs from them.

## Environment

The server's own settings, read once at the start.
"""
_FILE: Final = """
## Merchant file

What `sokoni merchant apply` reads. `${NAMES}` are filled in from the environment;
`${NAME:-default}` has its default where the variable is not set, or empty. Whatever is unknown,
missing or of the wrong kind is named with its line, and nothing is applied.
"""
_WORDS: Final[Mapping[str, str]] = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "object": "mapping",
    "string": "text",
}


def page() -> str:
    """Return the page as it should be."""
    parts = [_HEAD, table(Settings, prefix="SOKONI_"), _FILE, table(DeclaredMerchant)]
    parts += ["\n### Under `staff`\n", table(DeclaredStaff)]
    parts += ["\n### Under `templates`\n", table(DeclaredTemplate)]
    parts += ["\n### Under `templates`, `header`\n", table(DeclaredHeader)]
    parts += ["\n### Under `templates`, `buttons`\n", table(DeclaredButton)]
    known = kinds(production=False)
    for name, model in sorted(known.channels.items()):
        parts += [
            f"\n### Under `channels`, `channel: {name}`\n",
            table(model, leave={"merchant"}),
        ]
    for name, model in sorted(known.gateways.items()):
        parts += [f"\n### Under `payments`, `gateway: {name}`\n", table(model)]
    for name, model in sorted(known.ways.items()):
        parts += [f"\n### Under `verification`, `way: {name}`\n", _ways_table(model)]
    for name, model in sorted(known.capabilities.items()):
        parts += [f"\n### Under `capabilities`, `{name}:`\n", table(model)]
    return "\n".join(parts) + "\n"


def _ways_table(model: type[BaseModel]) -> str:
    return table(model) if model.model_fields else "There is nothing to set."


def table(
    model: type[BaseModel], *, prefix: str = "", leave: frozenset[str] | set[str] = frozenset()
) -> str:
    schema = model.model_json_schema(by_alias=False)
    meanings = dict(_meanings(model))
    rows = ["| setting | kind | unless said | meaning |", "|---|---|---|---|"]
    for name, said in schema["properties"].items():
        if name not in leave:
            key = f"{prefix}{name}".upper() if prefix else name
            default = _default(said, required=name in schema.get("required", ()))
            kind = _kind(said, schema.get("$defs", {}))
            rows.append(f"| `{key}` | {kind} | {default} | {meanings.get(name, '')} |")
    return "\n".join(rows)


def _default(said: Mapping[str, Any], *, required: bool) -> str:
    if required:
        return "needed"
    value = said.get("default")
    if value in (None, "", [], {}):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _kind(said: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if "$ref" in said:
        return _kind(defs[said["$ref"].rpartition("/")[2]], defs)
    if "enum" in said:
        return ", ".join(f"`{one}`" for one in said["enum"])
    if "anyOf" in said:
        known = [one for one in said["anyOf"] if one.get("type") != "null"]
        return " or ".join(_kind(one, defs) for one in known)
    if said.get("type") == "array":
        inner = said.get("items", {})
        return (
            "list"
            if inner.get("type") == "object" or "$ref" in inner
            else f"list: {_kind(inner, defs)}"
        )
    return _WORDS[said.get("type", "string")] + _bounds(said)


def _bounds(said: Mapping[str, Any]) -> str:
    least, most = said.get("minimum"), said.get("maximum")
    if pattern := said.get("pattern"):
        return f" like `{pattern}`".replace("|", "\\|")
    if least is not None and most is not None:
        return f", {least} to {most}"
    if least is not None:
        return f", {least} or more"
    if "exclusiveMinimum" in said:
        return f", more than {said['exclusiveMinimum']}"
    return f", at most {said['maxLength']} letters" if "maxLength" in said else ""


def _meanings(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield each field with the sentence that stands below it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for field, below in itertools.pairwise(body):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            yield field.target.id, " ".join(str(below.value.value).split())


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
