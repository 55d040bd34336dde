"""`sokoni stats` tells what was counted, line by line."""

from datetime import date

from sokoni.cli.stats import lines
from sokoni.dialogue.journeys import Happened
from sokoni.dialogue.tally import Counted
from sokoni.messaging.statistics import Figures
from tests.cli.conftest import Demo, Run

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
COUNTED = [
    Counted("shop.order", "", Happened.STARTED, 4),
    Counted("shop.order", "", Happened.FINISHED, 3),
    Counted("shop.order", "place", Happened.ASKED, 4),
    Counted("shop.order", "place", Happened.MISSED, 1),
    Counted("shop.order", "place", Happened.LEFT, 1),
    Counted("shop.order", "place", Happened.ANSWERED, 3),
    Counted("shop.order", "place", Happened.SECONDS, 60),
]
BY_DAY = {"tasks_started": {MONDAY: 3, TUESDAY: 1}, "tasks_finished": {TUESDAY: 3}}


def test_every_figure_stands_in_a_line() -> None:
    figures = Figures(
        conversations=5,
        active_in_a_day=2,
        held_by_people=0,
        heard_in_a_day=0,
        sent_in_a_day={},
        events={},
    )

    said = lines(figures, COUNTED, {"shop.order.place": 1}, BY_DAY)

    assert said == [
        "5 conversations, 2 of them today",
        "shop.order: 4 started, 3 finished, 1 left, 75% completed, 20% misunderstood",
        "  place: 4 asked, 1 missed, 1 left, 1 there now, answered after 20 s on average",
        "2026-03-02: 3 started, 0 finished, 0 left",
        "2026-03-03: 1 started, 3 finished, 0 left",
    ]


def test_a_merchant_of_whom_nothing_is_counted_has_its_conversations(demo: Demo, run: Run) -> None:
    demo("corner-shop")

    said = run("stats", "corner-shop")

    assert said.code == 0
    assert "conversations, 0 of them today" in said.out
