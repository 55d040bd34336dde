"""Approved templates: the only thing that may be said outside the service window."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels import base
from sokoni.db.engine import READING
from sokoni.kit.ids import MerchantId
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.models import Template
from sokoni.messaging.prompts import Prompt

Wording: TypeAlias = Callable[[MerchantProfile, Prompt, str], Mapping[str, str]]
"""Words a prompt's parameters in a language."""

SENDABLE: Final = frozenset({"APPROVED", "REINSTATED"})
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# Meta refuses newlines, tabs and more than four spaces inside a variable (132018).
_BLANKS: Final = re.compile(r"\s+")


class TemplateBook:
    """The merchants' templates by channel, purpose and language, kept in memory."""

    def __init__(self, engine: AsyncEngine, wording: Wording) -> None:
        self._engine = engine
        self._wording = wording
        self._rows: dict[tuple[MerchantId, str, str, str], Template] = {}

    async def refresh(self) -> None:
        """Read all templates again."""
        async with self._engine.connect() as connection:
            await connection.execution_options(**{READING: True})
            found = (await connection.execute(select(Template.__table__))).mappings()
            rows = [Template(**row) for row in found]
        self._rows = {
            (row.merchant_id, row.channel, row.purpose, row.language): row
            for row in rows
            if row.approval in SENDABLE
        }

    def filled(
        self, profile: MerchantProfile, channel: str, prompts: Sequence[Prompt], language: str
    ) -> base.Template | None:
        """Return the template for the last of these prompts that has one, its variables filled."""
        for prompt in reversed(prompts):
            for spoken in (language, *profile.languages):
                row = self._rows.get((profile.id, channel, prompt.key, spoken))
                if row is not None:
                    return _filled(row, prompt, self._wording(profile, prompt, spoken))
        return None


def _filled(row: Template, prompt: Prompt, words: Mapping[str, str]) -> base.Template:
    names = [name.strip() for name in row.variables.split(",") if name.strip()]
    values = [_BLANKS.sub(" ", words.get(name, "")).strip() or "-" for name in names]
    by_name = {**dict(zip(names, values, strict=True)), **_numbered(values)}
    titles = [part.partition(":")[2] for part in row.buttons.split(",") if part.strip()]
    return base.Template(
        name=row.name,
        language=row.language,
        parameters=tuple(values),
        buttons=tuple(
            base.TemplateButton(title=title.strip(), payload=choice.id)
            for title, choice in zip(titles, prompt.choices, strict=False)
        ),
        rendered=_PLACEHOLDER.sub(lambda found: by_name.get(found.group(1), ""), row.body),
    )


def _numbered(values: Sequence[str]) -> dict[str, str]:
    return {str(place): value for place, value in enumerate(values, 1)}
