"""Descriptions of web shops become words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.kit.markup import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Plain words", "Plain words"),
        ("<p>One <b>two</b></p><p>three</p>", "One two\nthree"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>S</li><li>M</li></ul>", "- S\n- M"),
        ("Salt &amp; pepper&nbsp;&#39;x&#39;", "Salt & pepper 'x'"),
        ("<style>p {}</style><p>seen</p><script>alert('<p>no</p>')</script>", "seen"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<p>never closed <i>at all", "never closed at all"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    ],
)
def test_only_what_is_seen_is_left(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@given(st.text())
def test_nothing_breaks_it(markup: str) -> None:
    assert "<script" not in plain_text(markup).lower() or "&" in markup
