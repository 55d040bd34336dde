"""Every error of the API as `application/problem+json` (RFC 9457): a stable code, no prose."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from sokoni.db.faults import is_passing
from sokoni.errors import AppError

MEDIA_TYPE = "application/problem+json"
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_log = structlog.get_logger(__name__)


class Mistake(BaseModel, frozen=True):
    """One thing that is wrong with what was asked."""

    where: str
    problem: str


class Problem(BaseModel, frozen=True):
    """What went wrong. `code` is stable; the message of an error stays in the log."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    mistakes: Sequence[Mistake] = ()


class MistakenError(AppError):
    """A refusal that names each thing that is wrong, by codes."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(", ".join(f"{one.where}: {one.problem}" for one in self.mistakes))


def answer_with_problems(app: FastAPI) -> None:
    """Have the app answer every error so."""
    app.add_exception_handler(AppError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(OSError, _database)
    app.add_exception_handler(Exception, _bug)


def describe_problems(app: FastAPI) -> None:
    """Have the description say of errors that they are problems, and not plain JSON."""
    whole = app.openapi

    def openapi() -> dict[str, Any]:
        described = whole()
        for path in described["paths"].values():
            for operation in path.values():
                content = operation["responses"].get("default", {}).get("content", {})
                if "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return described

    # As FastAPI's own documentation has it.
    app.openapi = openapi  # type: ignore[method-assign]


def answer_unknown(app: FastAPI, prefix: str) -> None:
    """Answer whatever no route of the API does, before a page can: call it after the routes."""
    known = tuple(app.routes)

    async def unknown(request: Request) -> JSONResponse:
        if any(route.matches(request.scope)[0] is Match.PARTIAL for route in known):
            return problem(405, "method_not_allowed")
        return problem(404, "not_found")

    app.router.routes.append(Route(prefix + "/{rest:path}", unknown, methods=_METHODS))


def problem(
    status: int,
    code: str,
    *,
    mistakes: Sequence[Mistake] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    content = Problem(
        title=HTTPStatus(status).phrase, status=status, code=code, mistakes=mistakes
    ).model_dump(mode="json", exclude_defaults=True)
    return JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    headers = (
        {"www-authenticate": "Bearer"} if error.http_status == HTTPStatus.UNAUTHORIZED else None
    )
    mistakes = error.mistakes if isinstance(error, MistakenError) else ()
    return problem(error.http_status, error.code, mistakes=mistakes, headers=headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    mistakes = [Mistake(where=_path(one["loc"]), problem=one["msg"]) for one in error.errors()]
    return problem(422, "invalid_request", mistakes=mistakes)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name.lower()
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, code, headers=headers)


async def _database(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, SQLAlchemyError | OSError) and is_passing(error):
        return problem(503, "database_away", headers={"retry-after": "5"})
    return await _bug(request, error)


async def _bug(request: Request, error: Exception) -> JSONResponse:
    """Say nothing of what happened: that stands in the log."""
    _log.error("request_failed", path=request.url.path, exc_info=error)
    return problem(500, "internal_error")


def _path(location: Sequence[Any]) -> str:
    return ".".join(str(part) for part in location)
