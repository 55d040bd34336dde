"""Merchant files for tests, and channels and capabilities of no business."""

from typing import Final

from pydantic import BaseModel, Field, SecretStr

from sokoni.merchants.file import Kinds, MerchantFile, read_merchant_file


class PigeonConfig(BaseModel, frozen=True, extra="forbid"):
    """A channel of tests: letters carried by birds."""

    loft: str = Field(pattern=r"^\d+$")
    whistle: SecretStr
    spares: tuple[SecretStr, ...] = ()
    speed: int = 60

    def key(self) -> str:
        return self.loft


class HouseConfig(BaseModel, frozen=True, extra="forbid"):
    """A channel that the merchant's id names."""

    merchant: str

    def key(self) -> str:
        return self.merchant


class StallSettings(BaseModel, frozen=True, extra="forbid"):
    listing_days: int = Field(30, ge=1)


KINDS: Final = Kinds(
    channels={"pigeon": PigeonConfig, "house": HouseConfig},
    capabilities={"stall": StallSettings},
    languages={"en", "sn", "nd"},
)

MARKET: Final = """\
merchant: village-market
name: Village Market
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en, sn]
quiet_ms: 800
capabilities:
  stall: {listing_days: 14}
channels:
  - channel: pigeon
    loft: 0042
    whistle: ${WHISTLE}
    spares: ["${WHISTLE}", "plain"]
  - channel: house
templates:
  - channel: pigeon
    purpose: stall.sold
    language: en
    name: sold_en
    body: "{{1}} was sold for {{2}}."
    variables: [thing, price]
    buttons: {yes: "Yes", no: "No"}
staff:
  - {name: Tariro, role: owner, phone: +263 77 200 0001}
"""

VARIABLES: Final = {"WHISTLE": "two-short-one-long"}


def read(text: str = MARKET, variables: dict[str, str] = VARIABLES) -> MerchantFile:
    return read_merchant_file(text, KINDS, variables, source="market.yaml")
