"""The pages around paying, as plain HTML for cheap phones: the sandbox's, and the way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from sokoni.language.catalogues import Catalogues
from sokoni.language.formats import money_text
from sokoni.payments.models import Payment
from sokoni.payments.sandbox.gateway import CHOICES
from sokoni.payments.states import OPEN, SETTLED

PAGE_HEADERS: Final = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
}
_RIGHT_TO_LEFT: Final = frozenset({"ar"})
_STYLE: Final = """
*{box-sizing:border-box}
body{margin:0;background:#f3f4f1;color:#1d2420;font:17px/1.45 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;padding:1.25rem 1rem 2rem}
.test{background:#fff3cd;color:#5c4400;border:1px solid #e5c76b;border-radius:.75rem;
padding:.75rem 1rem;margin-bottom:1rem;font-size:.95rem}
.test b{display:block}
.card{background:#fff;border-radius:1rem;padding:1.5rem 1.25rem;
box-shadow:0 1px 3px rgba(0,0,0,.12)}
.shop{margin:0;color:#5a655e;font-size:1rem;font-weight:500}
.sum{margin:.25rem 0 0;font-size:2.25rem;font-weight:700;letter-spacing:-.01em}
.what{margin:.25rem 0 1.25rem;color:#5a655e}
.state{margin:1rem 0 0}
button{display:block;width:100%;min-height:3.25rem;margin-top:.75rem;border-radius:.75rem;
border:1px solid #c9d0cb;background:#fff;color:#1d2420;font:inherit;font-weight:600;
cursor:pointer}
button.pay{background:#12694a;border-color:#12694a;color:#fff}
button:focus-visible{outline:3px solid #f0a500;outline-offset:2px}
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is about, and for whom."""

    payment: Payment
    language: str
    merchant: str
    country: str = ""
    """The merchant's: its money is written so that nobody takes it for another."""


class PayPages:
    """Draws the pages."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    def sandbox(self, page: Page) -> str:
        """Offer what may become of a payment for which no money moves."""
        payment = page.payment
        if payment.state not in OPEN:
            return self._drawn(page, [self._test(page), *self._card(page, self._stands(page))])
        buttons = [
            f'<button class="{choice}" name="choice" value="{choice}">'
            f"{self._text(page, f'payments.page.{choice}')}</button>"
            for choice in CHOICES
        ]
        form = f'<form method="post">{"".join(buttons)}</form>'
        asked = self._text(page, "payments.page.choose")
        return self._drawn(page, [self._test(page, asked), *self._card(page, form)])

    def chosen(self, page: Page) -> str:
        """Say that it is noted."""
        note = self._line(page, "payments.page.noted")
        return self._drawn(page, [self._test(page), *self._card(page, note)])

    def back(self, page: Page) -> str:
        """Say that the chat will tell: this page knows nothing for certain."""
        return self._drawn(page, self._card(page, self._stands(page)))

    def _stands(self, page: Page) -> str:
        state = page.payment.state
        known = "paid" if state in SETTLED else "waiting" if state in OPEN else "over"
        return self._line(page, f"payments.page.{known}")

    def _test(self, page: Page, asked: str = "") -> str:
        head, words = (self._text(page, f"payments.page.test{one}") for one in ("", ".why"))
        return f'<div class="test" role="note"><b>{head}</b>{words} {asked}</div>'

    def _card(self, page: Page, inside: str) -> Iterator[str]:
        payment = page.payment
        money = money_text(payment.amount, payment.currency, page.language, page.country)
        yield '<div class="card">'
        yield f'<h1 class="shop">{escape(page.merchant)}</h1>'
        yield f'<p class="sum"><bdi>{escape(money)}</bdi></p>'
        yield f'<p class="what"><bdi>{escape(payment.reference)}</bdi></p>{inside}</div>'

    def _line(self, page: Page, key: str) -> str:
        return f'<p class="state" role="status">{self._text(page, key)}</p>'

    def _text(self, page: Page, key: str) -> str:
        return escape(self._catalogues.text(page.language, key))

    def _drawn(self, page: Page, inside: Iterator[str] | list[str]) -> str:
        way = "rtl" if page.language in _RIGHT_TO_LEFT else "ltr"
        return (
            f'<!doctype html><html lang="{escape(page.language)}" dir="{way}"><head>'
            '<meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>{escape(page.merchant)}</title><style>{_STYLE}</style></head>"
            f"<body><main>{''.join(inside)}</main></body></html>"
        )
