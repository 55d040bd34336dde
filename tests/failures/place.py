"""The database of a run, with one merchant whose numbers are the fake's, and its settings."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import kinds, running
from sokoni.config import Settings
from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models
from sokoni.db.vault import new_key
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.declared_templates import apply_merchant_file

NUMBERS = 3
SECRET = "failing-app-secret"
SLUG = "failing"


def environment(url: str, **more: object) -> dict[str, str]:
    """Return what every process of the run is started with: nothing paced, unknown for 10 s."""
    settings = {
        "database_url": url,
        "secret_keys": new_key(),
        "unknown_after_seconds": 10,
        "contact_rate_per_minute": 0,
        "circle_turns": 0,
        "pairwise_pacing": "false",
        "number_per_second": 1000,
        "log_level": "WARNING",
        "redis_url": "",
        "media_private_hosts": "127.0.0.1",
        **more,
    }
    return {f"SOKONI_{name.upper()}": str(value) for name, value in settings.items()}


def settings_of(variables: Mapping[str, str]) -> Settings:
    """Return the same settings for code that runs in the test's own process."""
    return Settings.model_validate(
        {name.removeprefix("SOKONI_").lower(): value for name, value in variables.items()}
    )


async def settle(
    variables: Mapping[str, str],
    provider: str,
    capabilities: Sequence[str] = ("marketplace",),
    besides: str = "",
) -> None:
    """Make the tables and the merchant; `besides` stands at the end of its file."""
    settings = settings_of(variables)
    await upgrade(settings.database_url, load_models())
    async with running(settings) as app:
        text = merchant(provider, capabilities) + besides
        said = read_merchant_file(text, kinds(production=False), {}, source=SLUG)
        async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
            await apply_merchant_file(session, app.vault, app.clock, said)


def number_id(number: int) -> str:
    return f"5550000{number:05d}"


def door(port: int, number: int) -> str:
    """Return the webhook's URL of one of the numbers."""
    return f"http://127.0.0.1:{port}/webhook/whatsapp/{SLUG}-{number}"


def merchant(provider: str, capabilities: Sequence[str]) -> str:
    """Return the merchant's file: `name: {…}` of a capability are its settings."""
    enabled = "".join(f"  {one if ':' in one else f'{one}: {{}}'}\n" for one in capabilities)
    numbers = "".join(_number(number, provider) for number in range(NUMBERS))
    return (
        f"merchant: {SLUG}\nname: Failing\ncountry: ZW\ncurrency: USD\ntimezone: Africa/Harare\n"
        f"languages: [en, sn, nd]\nquiet_ms: 0\n"
        f"capabilities:\n{enabled}"
        f"channels:\n  - channel: simulator\n{numbers}"
        "templates:\n  - channel: whatsapp_cloud\n    purpose: broadcast.message\n"
        "    language: en\n    name: message\n    category: UTILITY\n"
        '    body: "News of Failing: {{1}} Have a good day."\n    variables: [text]\n'
    )


def _number(number: int, provider: str) -> str:
    return (
        f"  - channel: whatsapp_cloud\n    account: {SLUG}-{number}\n"
        f"    phone_number_id: '{number_id(number)}'\n    access_token: good\n"
        f"    app_secrets: ['{SECRET}']\n    verify_token: good\n"
        f"    base_url: {provider}\n    api_version: v25.0\n"
    )
