"""Cards of contacts as phones write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.kit.vcards import Card, cards_in

WHATSAPP = b"""BEGIN:VCARD
VERSION:3.0
N:Moyo;Tendai;;;
FN:Tendai Moyo
item1.TEL;waid=263771000001:+263 77 100 0001
item1.X-ABLabel:Mobile
END:VCARD
"""
OLD = b"""BEGIN:VCARD\r
VERSION:2.1\r
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:R=C3=BCdo=\r
 Ncube\r
TEL;CELL;PREF:0772 000 002\r
TEL;HOME:0772 000 002\r
END:VCARD\r
"""
NEW = b"begin:vcard\nFN:Ncube\\, Rudo\nTEL;VALUE=uri;TYPE=cell:tel:+263-77-200-0002\nend:vcard\n"


@pytest.mark.parametrize(
    ("content", "cards"),
    [
        (WHATSAPP, (Card("Tendai Moyo", ("+263 77 100 0001",)),)),
        (OLD, (Card("Rüdo Ncube", ("0772 000 002",)),)),
        (NEW, (Card("Ncube, Rudo", ("+263-77-200-0002",)),)),
        (WHATSAPP + NEW, (*cards_in(WHATSAPP), *cards_in(NEW))),
        (b"BEGIN:VCARD\nFN:Nobody\nEND:VCARD", (Card("Nobody"),)),
        (b"TEL:+263771000001", ()),
        (b"", ()),
    ],
)
def test_names_and_numbers_are_read(content: bytes, cards: tuple[Card, ...]) -> None:
    assert cards_in(content) == cards


def test_long_line_that_was_folded_is_whole() -> None:
    assert cards_in(b"BEGIN:VCARD\nTEL:+26377\n 1000001\nEND:VCARD")[0].phones == (
        "+263771000001",
    )


def test_what_never_ends_is_cut() -> None:
    many = b"TEL:1\n" + b"\n".join(b"TEL:%d" % number for number in range(1000))
    card, *others = cards_in(b"BEGIN:VCARD\nFN:" + b"a" * 9999 + b"\n" + many)

    assert (len(card.name), len(card.phones), others) == (60, 10, [])


@given(st.binary())
def test_anything_is_a_card_or_none(content: bytes) -> None:
    assert all(phone for card in cards_in(b"BEGIN:VCARD\n" + content) for phone in card.phones)
