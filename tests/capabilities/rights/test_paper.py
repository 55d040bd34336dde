"""The paper of what is kept: every field has a name in every language that has the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni import locales
from sokoni.bootstrap import capabilities
from sokoni.capabilities.rights.labels import KINDS, SILENT, label_of
from sokoni.capabilities.rights.paper import Page, Reader, as_pdf
from sokoni.db.vault import Vault
from sokoni.dialogue.everything import Exported, FileKept, NumberKept
from sokoni.dialogue.wording import Wording
from sokoni.kit.ids import MerchantId, new_id
from sokoni.language.catalogues import Catalogues
from sokoni.merchants.profile import MerchantProfile
from sokoni.testing.clock import NOON, StoppedClock
from tests.api.market import Market
from tests.api.test_erasing import live

HARARE: Final = ZoneInfo("Africa/Harare")
SHOP: Final = MerchantProfile(
    id=MerchantId(new_id()),
    slug="shop",
    name="Corner Shop",
    country="ZW",
    currency="USD",
    zone=HARARE,
    languages=("en",),
)
WORDING: Final = Wording(Catalogues(Path(locales.__path__[0])), HARARE)
ORDER: Final[Mapping[str, Any]] = {
    "id": new_id(),
    "reference": "ORD-7K3M2Q",
    "total": Decimal("12.500"),
    "collects": False,
    "placed_at": NOON,
    "coupon": "",
}


Rows: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass
class Notebook:
    """A paper that remembers its lines."""

    lines: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        self.lines.append(text)

    def line(self, text: str, *, bold: bool = False, grey: bool = False) -> None:
        self.lines.append(text)

    def space(self) -> None: ...

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None: ...

    def sums(self, rows: Sequence[tuple[str, str]]) -> None: ...

    def bytes(self) -> bytes:
        return b""


def kept(**kinds: Rows) -> Exported:
    return Exported(
        id=new_id(),
        name="Ana",
        phone_given="",
        language="en",
        opted_out=False,
        since=NOON,
        tags=["vip"],
        addresses=[],
        consents=[],
        conversations=[],
        files=[FileKept(id=new_id(), mime_type="image/jpeg", size=7, url="u", at=NOON)],
        deals=[],
        reviews=[],
        reports=[],
        numbers=[NumberKept(number="+263771000001", purpose="club", at=NOON)],
        capabilities={"store": kinds},
    )


def reader(language: str, now: datetime = NOON) -> Reader:
    return Reader(wording=WORDING, merchant=SHOP, language=language, now=now)


def written(language: str, **kinds: Rows) -> list[str]:
    book = Notebook()
    Page(book, reader(language), kept(**kinds)).write()
    return book.lines


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        (
            "en",
            "Orders",
            "Number: ORD-7K3M2Q; Total: 12.5; You collect it: no; When: ",
        ),
        ("sn", "Maodha", "Nhamba: ORD-7K3M2Q; Zvese pamwe: 12.5; Munozvitorera: kwete; "),
        ("hi", "ऑर्डर", "नंबर: ORD-7K3M2Q; कुल: 12.5; आप ख़ुद लेंगे: नहीं; कब: 2026-03-02 14:00"),
        ("ar", "الطلبات", "الرقم: \u2066ORD-7K3M2Q\u2069; المجموع: \u206612.5\u2069; "),
    ],
)
def test_kinds_and_fields_are_named_in_the_contacts_language(
    language: str, title: str, said: str
) -> None:
    lines = written(language, orders=[ORDER])

    told = lines[lines.index(title) + 1]
    assert told.startswith(said)
    assert str(ORDER["id"]) not in told


def test_numbers_that_were_proven_tags_and_files_are_on_it() -> None:
    lines = written("en")

    assert "vip" in lines
    assert "Number: +263771000001; About: club; When: 2026-03-02 14:00" in lines
    assert "Kind: image/jpeg; Bytes: 7; Link: u; When: 2026-03-02 14:00" in lines


def test_what_somebody_elses_capability_keeps_is_said_by_its_own_names() -> None:
    lines = written("en", bee_hives=[{"queen_name": "Zoe", "at": NOON}])

    assert lines[lines.index("More") + 1] == "queen name: Zoe; When: 2026-03-02 14:00"


@pytest.mark.parametrize("language", ["ar", "hi"])
def test_every_letter_of_a_paper_has_a_glyph(language: str) -> None:
    rows = {kind: [ORDER] for kind in KINDS}
    content = as_pdf(kept(**rows), reader(language))

    assert content.startswith(b"%PDF-")
    assert b"<FFFD>" not in content.upper()


async def test_every_field_that_is_kept_has_a_name_or_says_nothing(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    market = Market(engine, vault, clock)
    merchant = await market.merchant("one")
    async with AsyncSession(engine, expire_on_commit=False) as session:
        (tendai, _), _ = await live(market, session, merchant)
        nameless = set()
        for one in capabilities().values():
            exported = await one.export(session, merchant, tendai) if one.export else {}
            for kind, rows in exported.items():
                nameless |= {kind} - KINDS
                nameless |= {name for row in rows for name in row if not _named(kind, name)}

    assert nameless == set()


def _named(kind: str, name: str) -> bool:
    return name in SILENT or label_of(kind, name) is not None
