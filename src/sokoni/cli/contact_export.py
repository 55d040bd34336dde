"""`sokoni contact export`: all that is kept of a person, into a file."""

import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import worded
from sokoni.capabilities.rights.paper import Reader, as_pdf
from sokoni.cli.parts import Parts
from sokoni.dialogue.everything import Everything, Exported
from sokoni.dialogue.wording import Wording
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId
from sokoni.media.links import Links
from sokoni.merchants.profile import MerchantProfile


class ExportKind(StrEnum):
    """What a file may be, by its ending."""

    JSON = ".json"
    """For programs."""
    PDF = ".pdf"
    """To read, in the contact's language: what they get who ask for it in the chat."""


class ExportKindError(AppError):
    """A file of another kind was asked for."""

    code = "export_kind_unknown"
    http_status = 422


def kind_of(file: Path) -> ExportKind:
    try:
        return ExportKind(file.suffix.lower())
    except ValueError:
        raise ExportKindError(f"{file.name} must end in .json or .pdf.") from None


def write_private(file: Path, content: bytes) -> None:
    """Write a file that nobody else on the machine may read."""
    with open(file, "wb", opener=_private) as written:
        written.write(content)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


async def exported(
    session: AsyncSession,
    parts: Parts,
    merchant: MerchantProfile,
    contact_id: ContactId,
    kind: ExportKind,
) -> bytes:
    """Return what stands in the file."""
    kept = await _everything(parts, merchant).of(session, contact_id)
    if kind is ExportKind.JSON:
        return kept.model_dump_json(indent=2).encode()
    return as_pdf(kept, _reader(parts, merchant, kept))


def _everything(parts: Parts, merchant: MerchantProfile) -> Everything:
    settings = parts.settings
    links = Links(
        parts.vault,
        parts.clock,
        settings.media_base_url or settings.public_url,
        timedelta(hours=settings.media_link_hours),
    )
    return Everything(
        vault=parts.vault,
        merchant_id=merchant.id,
        exports={name: one.export for name, one in parts.capabilities.items() if one.export},
        file_url=links.of,
        now=parts.clock(),
    )


def _reader(parts: Parts, merchant: MerchantProfile, kept: Exported) -> Reader:
    return Reader(
        wording=Wording(worded(parts.capabilities.values()), merchant.zone),
        merchant=merchant,
        language=kept.language or merchant.language,
        now=parts.clock(),
    )
