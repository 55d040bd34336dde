"""`/docs`: the API's own description as one page that needs nothing from another server."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#222}
code,pre{font:14px/1.4 ui-monospace,monospace;background:#f4f4f2;border-radius:4px}
code{padding:.1em .3em}pre{padding:.8em;overflow-x:auto}
h2{margin-top:2.5rem;border-bottom:1px solid #ddd;text-transform:capitalize}
h3{margin:1.8rem 0 .2rem}.method{display:inline-block;min-width:3.5em;color:#0a6640}
table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}
"""


def describe(app: FastAPI) -> None:
    """Serve the page at `/docs`; the same for programs is at `/openapi.json`."""
    whole = app.openapi

    def openapi() -> dict[str, Any]:
        described = whole()
        for model in described.get("components", {}).get("schemas", {}).values():
            if "examples" in model:
                model["examples"] = [_with_nulls(model, one) for one in model["examples"]]
        return described

    # As FastAPI's own documentation has it.
    app.openapi = openapi  # type: ignore[method-assign]

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()))


def _with_nulls(model: Mapping[str, Any], example: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the example with what is null in it, which FastAPI leaves out."""
    return {name: example.get(name) for name in model["properties"] if _told(model, name, example)}


def _told(model: Mapping[str, Any], name: str, example: Mapping[str, Any]) -> bool:
    return name in example or name in model.get("required", ())


def page(described: Mapping[str, Any]) -> str:
    """Return an OpenAPI description as HTML."""
    info = described["info"]
    title = escape(f"{info['title']} {info['version']}")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>"
        f"<p>{escape(info.get('description', ''))}</p>"
        "<p>Keys come from <code>sokoni apikey add</code> and go into the header "
        "<code>Authorization: Bearer sk_…</code>. Errors are "
        "<code>application/problem+json</code> with a stable <code>code</code>. "
        'For programs: <a href="openapi.json">openapi.json</a>.</p>'
        f"{''.join(_sections(described))}</html>"
    )


def _sections(described: Mapping[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    schemas = described.get("components", {}).get("schemas", {})
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(path, method, operation, schemas))
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(
    path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> str:
    words = escape(operation.get("description") or operation.get("summary") or "")
    body = _schema(operation.get("requestBody"), schemas)
    answers = operation.get("responses", {})
    good = next((_schema(answers[code], schemas) for code in answers if code < "3"), "")
    return (
        f'<h3><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h3>'
        f"<p>{words}</p>{_parameters(operation)}"
        f"{f'<p>Body</p>{body}' if body else ''}{f'<p>Answer</p>{good}' if good else ''}"
    )


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}"
        f"<td>{'needed' if one.get('required') else 'optional'}"
        f"<td>{escape(one.get('description', ''))}"
        for one in operation.get("parameters", ())
    )
    return f"<table>{rows}</table>" if rows else ""


def _schema(holder: Mapping[str, Any] | None, schemas: Mapping[str, Any]) -> str:
    """Show the fields of a JSON body, those inside them by name only once, and an example."""
    content = (holder or {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    lines = list(_fields(schema, schemas, depth=0, seen=()))
    fields = f"<pre>{escape(chr(10).join(lines))}</pre>" if lines else ""
    example = _example(schema, schemas)
    if example is None:
        return fields
    shown = json.dumps(example, indent=2, ensure_ascii=False)
    return f"{fields}<p>For example</p><pre>{escape(shown)}</pre>"


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> object:
    """Return what its model names as one; of a list, and of a page, that of one in it."""
    if "items" in schema:
        one = _example(schema["items"], schemas)
        return None if one is None else [one]
    model = schemas.get(_named(schema), {})
    if "examples" in model:
        return model["examples"][0]
    listed = model.get("properties", {}).get("items")
    items = _example(listed, schemas) if listed else None
    return None if items is None else {"items": items, "next": None}


def _fields(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], *, depth: int, seen: tuple[str, ...]
) -> Iterator[str]:
    name = _named(schema)
    if not name or name in seen:
        return
    for field, about in schemas.get(name, {}).get("properties", {}).items():
        yield f"{'  ' * depth}{field}: {_kind(about)}"
        yield from _fields(about, schemas, depth=depth + 1, seen=(*seen, name))


def _named(schema: Mapping[str, Any]) -> str:
    """Return the model that a field is, or is a list of."""
    inner = schema.get("items") or next(
        (one for one in schema.get("anyOf", ()) if "$ref" in one), schema
    )
    return str(inner.get("$ref", "")).rpartition("/")[2]


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "items" in schema:
        return "list"
    if "$ref" in schema:
        return "object"
    return str(schema.get("format") or schema.get("type", "any"))
