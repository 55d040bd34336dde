import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.channels.inbound import Inbound, Medium, Notice, SharedContact, Status, Unreadable
from sokoni.kit.text import clean
from sokoni.messaging.inbox_rows import LONGEST, kept
from sokoni.testing.clock import NOON
from tests.messaging.arriving import message

anything = st.text(st.characters(codec=None, categories=None), max_size=50)


@given(anything, anything, anything)
def test_whatever_is_written_is_kept_clean(name: str, text: str, sender_name: str) -> None:
    what = kept(message(name, phone="+263771000001", text=text, sender_name=sender_name))

    payload = json.loads(what.payload)
    assert payload.get("text", "") == clean(text)
    assert payload.get("sender_name", "") == clean(sender_name)
    assert 0 < len(what.key) <= 191
    what.key.encode()


def test_what_lies_deeper_is_cleaned_too() -> None:
    item = msgspec.structs.replace(
        message("w", phone="+263771000001"),
        medium=Medium(kind="image", caption="a\x00b"),
        contacts=(SharedContact(name="\ud800", phones=("\x00+1",)),),
    )

    payload = json.loads(kept(item).payload)

    assert payload["medium"]["caption"] == "ab"
    assert payload["contacts"] == [{"name": "\ufffd", "phones": ["+1"]}]


@pytest.mark.parametrize("other", ["w\x00", "w ", "w\ud800", "w" * 200])
def test_two_names_never_become_one_key(other: str) -> None:
    keys = {kept(message(name, phone="+1")).key for name in ("w", other)}

    assert len(keys) == 2


@pytest.mark.parametrize(
    ("item", "start"),
    [
        (Status(provider_id="w" * 300, status="sent", at=NOON), "sha256:"),
        (Unreadable(raw=b"x"), "unreadable:"),
        (Notice(provider_id="", field="quality"), "notice:"),
        (message("", phone="+1"), "message:"),
    ],
)
def test_what_has_no_short_name_goes_by_its_hash(item: Inbound, start: str) -> None:
    what = kept(item)

    assert what.key.startswith(start)
    assert what.key == kept(item).key
    assert len(what.key) == len(start) + 64


def test_text_of_the_longest_length_is_whole_and_beyond_is_cut() -> None:
    whole = kept(message("w", phone="+1", text="x" * LONGEST))
    cut = kept(message("w", phone="+1", text="y" * (LONGEST + 1)))

    assert [len(json.loads(what.payload)["text"]) for what in (whole, cut)] == [LONGEST, LONGEST]
