"""Tables of the board: what is as many stands in one order, however it was counted."""

from itertools import permutations

from onedoor.figures.queries.seeing import Seen, Tally
from onedoor.web.desk.board_tables import channels_of


def test_channels_with_as_many_matters_stand_in_one_order() -> None:
    """Else the order would tell of what was counted beside them, of a matter that nobody may know of too."""
    orders = set()
    for several in permutations(("window", "hotline", "visit")):
        flow = {(one, "open"): Tally(2, 0) for one in several} | {("web", "open"): Tally(3, 0)}
        seen = Seen({}, {}, {}, {}, {}, flow, {})
        orders.add(tuple(row.key for row in channels_of(seen, lambda *_, **__: "").rows))
    assert orders == {("web", "hotline", "visit", "window")}
