"""What the API does not know is a problem, also where pages stand behind it."""

import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse

from sokoni.api.app import PREFIX
from sokoni.testing.asgi import AsgiClient
from sokoni.web.problems import MEDIA_TYPE, answer_unknown, answer_with_problems


@pytest.fixture
def client() -> AsgiClient:
    app = FastAPI()
    answer_with_problems(app)
    app.get(f"{PREFIX}/known")(lambda: {"here": True})
    answer_unknown(app, PREFIX)
    app.mount("/", HTMLResponse("a page"))
    return AsgiClient(app)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("POST", "/nothing/deeper", 404, "not_found"),
        ("POST", "/known", 405, "method_not_allowed"),
    ],
)
async def test_what_is_unknown_is_a_problem(
    client: AsgiClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, PREFIX + path)

    assert (answer.status, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA_TYPE


async def test_what_is_known_and_pages_are_answered(client: AsgiClient) -> None:
    assert (await client.get(f"{PREFIX}/known")).json() == {"here": True}
    assert (await client.get("/elsewhere")).body == b"a page"
