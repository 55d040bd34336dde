"""A gate that lets in who proves a number: a capability that has codes sent."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from prometheus_client import CollectorRegistry
from pydantic import BaseModel, SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.bootstrap import App, kinds, running, worded
from sokoni.config import Settings
from sokoni.db.vault import new_key
from sokoni.dialogue.dialogues import Dialogues
from sokoni.dialogue.flow import AtOnce, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known
from sokoni.dialogue.manifest import Capability, Task
from sokoni.dialogue.verifying import VerifyFlow, VerifyForm, needs_code
from sokoni.edge import Side, edge
from sokoni.kit.ids import MerchantId, PhoneNumber
from sokoni.language.readers.phone import PhoneReader
from sokoni.language.readers.text import TextReader
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.messaging.prompts import Prompt, Start
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.verification.models import Code, Proof
from sokoni.verification.proofs import Proven
from sokoni.workers.crew import Crew

ANA: Final = "+263771000001"
BEN: Final = "+263771000002"
NUMBER: Final = "+263777530322"
_PARTS: Final = Path(__file__).parent / "gate_parts"
_FILE: Final = """
merchant: gate
name: The Gate
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en, sn, nd]
quiet_ms: 0
capabilities:
  gate: {}
channels:
  - channel: simulator
"""
SANDBOX: Final = "verification: [{way: sandbox}]\n"


class GateSettings(BaseModel):
    """It has none."""


class EnterForm(VerifyForm):
    """Come in."""


class EnterFlow(VerifyFlow):
    """Lets in who proves a number."""

    name: ClassVar[str] = "gate.enter"
    form: ClassVar[type[Form]] = EnterForm
    purpose: ClassVar[str] = "gate"
    user_type: ClassVar[str] = "GUEST"

    @override
    async def proven(self, form: Any, proof: Proven) -> Outcome:
        return Outcome(Prompt("gate.entered", {"number": proof.number}))

    @override
    async def details(self, known: Known) -> Mapping[str, Any]:
        return {"name": "Ana", "sector": "Textile", "pincode": "400001"}


class VisitForm(Form):
    """Announce a visit."""

    name: Annotated[str, TextReader(longest=40)]
    number: Annotated[str, PhoneReader()]


class VisitFlow(AtOnce, SimpleFlow):
    """Leads to the gate, where the number is not known to be theirs."""

    name: ClassVar[str] = "gate.visit"
    form: ClassVar[type[Form]] = VisitForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def complete(self, form: VisitForm) -> Outcome:
        number = PhoneNumber(form.number)
        if await needs_code(self._context, number, EnterFlow.purpose):
            return Outcome(then=Start.knowing(EnterFlow.name, {"number": number}))
        return Outcome(Prompt("gate.entered", {"number": number}))


async def settled(context: TurnContext, proof: Proven) -> Outcome:
    return Outcome(Prompt("gate.again", {"number": proof.number}))


GATE: Final = Capability(
    name="gate",
    tasks=(
        Task.of(EnterFlow, in_menu=True, step_of="gate.visit"),
        Task.of(VisitFlow),
    ),
    settings=GateSettings,
    phrases=_PARTS / "phrases",
    locales=_PARTS / "locales",
    numbers={"gate": settled},
)


@dataclass
class Gate:
    """A server with one gate: contacts write, the clock stands still."""

    app: App
    crew: Crew
    web: AsgiClient
    clock: StoppedClock
    merchant_id: MerchantId
    slug: str = "gate"
    seen: dict[str, int] = field(default_factory=dict)

    async def say(self, text: str, who: str = ANA) -> str:
        """Write to the merchant; return what is said to them, SMS and all."""
        written = {"merchant": self.slug, "from": who, "text": text}
        await self.web.post("/webhook/simulator", written)
        return await self.run(who)

    async def run(self, who: str = ANA) -> str:
        await self.crew.run_until_idle()
        return "\n".join(f"[{one['kind']}] {_text(one)}" for one in await self.shown(who))

    async def shown(self, who: str) -> list[dict[str, Any]]:
        path = f"/api/v1/simulator/{self.slug}/{who}/messages?after={self.seen.get(who, 0)}"
        messages: list[dict[str, Any]] = (await self.web.get(path)).json()["messages"]
        self.seen[who] = max([self.seen.get(who, 0), *(one["n"] for one in messages)])
        return messages

    async def wait(self, by: timedelta, who: str = ANA) -> str:
        """Let time pass, from due time to due time."""
        end = self.clock() + by
        said = [await self.run(who)]
        while (due := await self.crew.next_due()) is not None and due <= end:
            self.clock.set(max(due, self.clock() + timedelta(milliseconds=1)))
            said.append(await self.run(who))
        self.clock.set(end)
        return "\n".join([*said, await self.run(who)])

    async def codes(self) -> list[Code]:
        async with AsyncSession(self.app.engine) as session:
            return list(await session.scalars(select(Code).order_by(Code.id)))

    async def proofs(self) -> list[tuple[str, bool]]:
        async with AsyncSession(self.app.engine) as session:
            found = await session.scalars(select(Proof).order_by(Proof.id))
            return [(one.purpose, one.contested) for one in found]


def code_in(said: str) -> str:
    """Return the code of an SMS."""
    found = re.search(r"code is (\d{3} \d{3})", said)
    assert found, said
    return found[1]


def another(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"


@asynccontextmanager
async def gate(
    database_url: str,
    verification: str = SANDBOX,
    *,
    clock: StoppedClock | None = None,
    production: bool = False,
) -> AsyncIterator[Gate]:
    """Open a server whose only merchant is a gate."""
    clock = clock or StoppedClock()
    settings = Settings(
        database_url=database_url,
        secret_keys=SecretStr(new_key()),
        public_url="http://127.0.0.1:8000",
        redis_url="",
    )
    async with running(settings, clock) as plain:
        app = _with(plain, GATE)
        known = kinds(production=production)
        known = replace(known, capabilities={**known.capabilities, "gate": GateSettings})
        file = read_merchant_file(_FILE + verification, known, {})
        async with AsyncSession(app.engine) as session, session.begin():
            await apply_merchant_file(session, app.vault, clock, file)
        await app.refresh()
        profile = await app.merchants.find("gate")
        assert profile is not None
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        yield Gate(app, Crew.of(app), web, clock, profile.id)


def _with(app: App, capability: Capability) -> App:
    known = {**app.capabilities, capability.name: capability}
    catalogues = worded(known.values())
    dialogues = Dialogues(known, catalogues, app.places, app.settings.key_file)
    return replace(app, capabilities=known, catalogues=catalogues, dialogues=dialogues)


def _text(message: dict[str, Any]) -> str:
    return " ".join([message["text"], *(one.get("label", "") for one in message["choices"])])
