"""What a merchant may set about its store, under `capabilities: store:`."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from sokoni.capabilities.store.service.taxing import Tax
from sokoni.merchants.keeping import KeptDays
from sokoni.search.normalising import asked_words

MOST_LINES: Final = 500
LONGEST_NOTE: Final = 300
"""Letters of what a contact adds to an order."""
NAME: Final = "store"
_PLAIN: Final = r"^[a-z0-9][a-z0-9_-]{0,39}$"


def _exact(said: object) -> object:
    """Take a number as it stands in the YAML: a float's digits are what was written."""
    return str(said) if isinstance(said, float) else said


Amount = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, max_digits=12)]
"""In the merchant's currency."""


def folded(phrase: str) -> str:
    """Return a phrase as search compares it."""
    return " ".join(asked_words(phrase))


def _means_something(phrase: str) -> str:
    if not folded(phrase):
        raise ValueError(f"{phrase!r} has no word to look for")
    return phrase


def _of_several(phrases: tuple[str, ...]) -> tuple[str, ...]:
    if len({*map(folded, phrases)}) < len(phrases):
        raise ValueError("two of these are the same word to a search")
    return phrases


Phrase = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_means_something)]
Same = Annotated[
    tuple[Phrase, ...], Field(min_length=2, max_length=20), AfterValidator(_of_several)
]
"""At least two phrases, each another word for the same."""


class WeightStep(BaseModel, frozen=True, extra="forbid"):
    """What parcels cost up to a weight."""

    up_to_grams: int | None = Field(None, ge=1)
    """Nothing: however heavy."""
    price: Amount


class Zone(BaseModel, frozen=True, extra="forbid"):
    """Where an option goes, and what it costs there."""

    words: tuple[str, ...] = ()
    """Words of an address, towns or countries. None: everywhere else."""
    price: Amount = Decimal(0)
    steps: tuple[WeightStep, ...] = ()
    """By weight, lightest first, instead of one price."""
    free_above: Amount | None = None


class DeliveryOption(BaseModel, frozen=True, extra="forbid"):
    """One way in which goods come to contacts, or contacts to goods."""

    id: str = Field(pattern=_PLAIN)
    names: Mapping[str, str] = Field(default_factory=dict)
    """By language; nothing: we word it."""
    collects: bool = False
    """The contact comes to `address`."""
    address: str = ""
    zones: tuple[Zone, ...] = (Zone(),)
    """The first whose words stand in the address counts."""

    def name(self, language: str) -> str:
        """Return the merchant's own name of it in a language, "" where it has none."""
        return self.names.get(language) or next(iter(self.names.values()), "")


class StoreSettings(BaseModel, frozen=True, extra="forbid"):
    """Every figure has a default; an unknown key is refused."""

    order_prefix: str = Field("ORD", pattern=r"^[A-Z]{2,6}$")
    """What order numbers begin with (ST-06)."""
    last_pieces: int = Field(5, ge=0, le=1000)
    """"Last 3" is said from so many pieces on; 0: never."""
    delivery: tuple[DeliveryOption, ...] = Field((DeliveryOption(id="delivery"),), min_length=1)
    """How goods are had: the first is taken where nobody says otherwise."""
    synonyms: tuple[Same, ...] = Field((), max_length=MOST_LINES)
    """Words and phrases that mean the same in this shop, a list for each meaning: a search for one
    finds what is called by another, beside those that ship with us. In any language."""
    tax: Tax = Tax()
    """Nothing: none is shown."""
    pay_minutes: int = Field(24 * 60, ge=5, le=30 * 24 * 60)
    """An order that is to be paid before it is sent waits for so long."""
    cancel_until: str = Field("fulfilled", pattern="^(paid|fulfilled)$")
    """Contacts may cancel before it is paid, or before anything of it is sent."""
    refund_cancelled: str = Field("staff", pattern="^(staff|at_once)$")
    """Who cancels a paid order has the money back at once, or when staff give it back."""
    remind_cart_hours: int = Field(0, ge=0, le=168)
    """Silence after which a contact is asked whether the cart is still wanted, though not in the
    night; 0: never. After 24 only who agreed to be written to is asked, by a template."""
    remind_cart_days: int = Field(7, ge=1, le=90)
    """And not again for so many days."""
    abandoned_cart_days: int = Field(7, ge=1, le=365)
    """Carts that nobody touches for so long are thrown away (ST-09)."""
    keep_orders_days: KeptDays = 0
    """Orders that are over, paid or given back, are kept for so long, with their payments; 0: for
    ever. See what the law says of invoices before you set it."""

    @model_validator(mode="after")
    def _each_once(self) -> "StoreSettings":
        said = Counter(phrase for line in self.synonyms for phrase in {*map(folded, line)})
        twice = sorted(phrase for phrase, count in said.items() if count > 1)
        if twice:
            raise ValueError(f"{', '.join(twice)}: in two lists of synonyms, make them one")
        return self

    @model_validator(mode="after")
    def _apart(self) -> "StoreSettings":
        ids = [one.id for one in self.delivery]
        if len(set(ids)) != len(ids):
            raise ValueError("two delivery options have one id")
        return self

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> "StoreSettings":
        return cls.model_validate(dict(declared))

    def option(self, option_id: str) -> DeliveryOption | None:
        """Return a delivery option by its id."""
        return next((one for one in self.delivery if one.id == option_id), None)
