"""How many matters live which life, and where they stand now: the county at one glance."""

from collections.abc import Callable
from dataclasses import dataclass

from onedoor.demo import endings, shapes
from onedoor.demo.matters import ACCUSATION, DISCREET, DISPUTE, HOTLINE, ORDINARY, PETITION, QUESTION
from onedoor.demo.story import Story

D, P, H, O, Q = DISPUTE, PETITION, HOTLINE, ORDINARY, QUESTION  # noqa: E741
MIXED = (D, H, O, D, P)

# How a line is laid into the past.
AGE = "age"  # registered so many working days ago
SHARE = "share"  # registered so much of its limit ago: above 1 it is late
SINCE = "since"  # the last move was so many working days ago
EVEN = "even"  # spread over the five months
# Where a matter is brought.
AT_COUNTY, AT_TOWN, FROM_GRID = "county", "town", "grid"


@dataclass(frozen=True, slots=True)
class Line:
    """`units`: only matters for one of these, in turn; `co`: only with a helping unit; `calm`: where nobody was
    hurt; `named`: none that are anonymous; `pool`: a key of `matters.ELSEWHERE`."""

    shape: Callable[[Story], None]
    count: int
    tracks: tuple[str, ...]
    when: str = EVEN
    days: tuple[float, ...] = (0,)
    units: tuple[str, ...] = ()
    where: str = AT_COUNTY
    co: bool = False
    calm: bool = False
    named: bool = True
    pool: str = ""


_TO_DISPATCH = (0.2, 1.5, 0.6, 2.5, 4, 0.9)
_TO_SIGN = (0.2, 0.5, 0.9, 1.4, 0.7, 2.6, 0.3)
_UNDER_WAY = (0.2, 0.4, 0.92, 0.3, 0.86, 0.5, 1.25, 0.25, 0.6, 1.1)
_EARLY = (0.35, 0.5, 0.25, 0.6)
_RECENT = (0.2, 1, 3, 6, 9, 13, 18)

PLAN = (
    # --- at the desk
    Line(shapes.registered, 8, (D, P, H, O), AGE, (0.04, 3, 0.2, 0.8, 1.6, 6, 2.9, 0.4), named=False),
    Line(shapes.registered, 2, (O, D), AGE, (0.3, 0.7), where=AT_TOWN),
    Line(shapes.registered, 2, (D, O), AGE, (0.2, 1.6), ("gov-qinghe",), where=AT_TOWN),
    Line(shapes.registered, 2, (O,), AGE, (0.05, 0.3), where=FROM_GRID),
    Line(shapes.guidance_pending, 3, (D, P), AGE, (0.3, 0.9, 0.6), pool="guided"),
    Line(shapes.in_correction, 5, (P, D, H), AGE, (1, 2, 4, 6, 13)),
    Line(shapes.accepted, 6, MIXED, AGE, _TO_DISPATCH),
    Line(shapes.accepted, 1, (O,), AGE, (0.8,), where=AT_TOWN),
    Line(shapes.accepted, 2, (D, O), AGE, (0.5, 2), ("gov-qinghe",), where=AT_TOWN),
    Line(shapes.accepted, 1, (DISCREET,), AGE, (0.4,)),
    Line(shapes.accepted, 1, (ACCUSATION,), AGE, (0.7,)),
    Line(shapes.accepted_guidance_pending, 2, (D, P), AGE, (2, 4), pool="guided"),
    Line(shapes.sent_down, 2, (D, O), AGE, (1.5, 3), ("town",)),
    Line(shapes.sent_up, 2, (D, O), AGE, (2, 3), ("tw-tudi", "jtj"), where=AT_TOWN),
    # --- with the units
    Line(shapes.dispatched, 3, (P, H), SINCE, _TO_SIGN, ("rsj",)),
    Line(shapes.dispatched, 2, (D, P), SINCE, _TO_SIGN, ("zjj",)),
    Line(shapes.dispatched, 2, (D, O), SINCE, _TO_SIGN, ("gov-qinghe",)),
    Line(shapes.dispatched, 2, (D,), SINCE, _TO_SIGN, ("tw-lianhe",)),
    Line(shapes.dispatched, 4, MIXED, SINCE, _TO_SIGN[2:]),
    Line(shapes.dispatched, 2, (D, O), SINCE, _TO_SIGN, where=AT_TOWN),
    Line(shapes.objected, 1, (P,), SINCE, (0.6,), ("rsj",)),
    Line(shapes.objected, 3, (H, P, O), SINCE, (0.3, 1.5, 0.8)),
    Line(shapes.designated, 2, (P, H), SINCE, (0.6, 0.3)),
    Line(shapes.handling, 6, (P, H), SHARE, (0.2, 0.4, 0.86, 0.5, 0.3, 1.3), ("rsj",)),
    Line(shapes.handling, 4, (D, P), SHARE, _UNDER_WAY[1:], ("zjj",)),
    Line(shapes.handling, 4, (D, O), SHARE, _UNDER_WAY[3:], ("gov-qinghe",)),
    Line(shapes.handling, 5, (D,), SHARE, _UNDER_WAY[1:], ("tw-lianhe",)),
    Line(shapes.handling, 3, (D,), SHARE, _UNDER_WAY[2:], ("tw-laodong",)),
    Line(shapes.handling, 2, (P,), SHARE, _UNDER_WAY, ("xfj",)),
    Line(shapes.handling, 7, (D, O, H, P, D), SHARE, _UNDER_WAY[1:], named=False),
    Line(shapes.handling, 3, (D, P), SHARE, _UNDER_WAY, co=True),
    Line(shapes.handling, 3, (O, D), SHARE, _UNDER_WAY, where=AT_TOWN),
    Line(shapes.handling, 2, (O,), SHARE, _UNDER_WAY, where=FROM_GRID),
    Line(shapes.handling, 2, (DISCREET,), SHARE, (0.3, 0.6)),
    Line(shapes.handling, 1, (ACCUSATION,), SHARE, (0.5,)),
    Line(shapes.handling_restricted, 1, (D,), SHARE, (0.5,), ("tw-hunyin",)),
    Line(shapes.handling_again, 2, (P, H), SINCE, (0.6, 1.2)),
    Line(shapes.handling_sent_back, 2, (P, O), SINCE, (0.5, 1.5)),
    Line(shapes.co_unit_objected, 3, (D, P), SHARE, (0.12, 0.06), co=True),
    Line(shapes.extension_asked, 2, (P,), SHARE, _EARLY, ("rsj",)),
    Line(shapes.extension_asked, 1, (P,), SHARE, _EARLY, ("zjj",)),
    # of disputes none: there the parties would have to agree first, before a mediator
    Line(shapes.extension_asked, 4, (H, O), SHARE, _EARLY),
    Line(shapes.extension_given, 3, (P, O), SHARE, (0.9, 1.1, 0.8)),
    Line(shapes.suspension_asked, 1, (P,), SHARE, _EARLY, ("rsj",)),
    Line(shapes.suspension_asked, 2, (D,), SHARE, _EARLY),
    Line(shapes.suspended, 5, (D, P), SHARE, _EARLY),
    Line(shapes.concluded, 8, MIXED, SINCE, (0.1, 0.3, 0.5, 1, 2)),
    # --- closed
    Line(shapes.closed, 14, MIXED, SINCE, _RECENT),
    Line(shapes.closed, 3, (O, D), SINCE, _RECENT, where=AT_TOWN),
    Line(shapes.closed_on_spot, 4, (Q,), SINCE, (0.1, 1, 2, 4)),
    Line(shapes.followed_up, 10, MIXED, SINCE, _RECENT),
    Line(shapes.unsatisfied, 4, (P, H, O), SINCE, (0.3, 1, 2, 3)),
    # --- ended otherwise
    Line(endings.guided, 4, (D, P), pool="guided"),
    Line(endings.guidance_contested, 1, (P,), SINCE, (0.8,), pool="guided"),
    Line(endings.guidance_stands, 1, (D,), pool="guided"),
    Line(endings.lapsed, 2, (P, D)),
    Line(endings.withdrawn, 6, (D, O, H), calm=True),
    Line(endings.transferred, 4, (H, P), pool="transferred"),
    Line(endings.transfer_contested, 1, (H,), SINCE, (0.5,), pool="transferred"),
    Line(endings.accusation_transferred, 1, (ACCUSATION,)),
    Line(endings.archive_contested, 1, (D,), SINCE, (0.4,)),
    # --- archived
    Line(endings.archived, 90, MIXED, named=False),
    Line(endings.archived, 22, (O, D, O), where=AT_TOWN),
    Line(endings.archived, 8, (O,), where=FROM_GRID),
    Line(endings.archived, 3, (DISCREET,)),
    Line(endings.archived, 1, (ACCUSATION,)),
    Line(endings.archived_on_spot, 34, (Q,)),
    Line(endings.archived_on_spot, 4, (D,), units=("scjgj", "tw-laodong"), calm=True),
    Line(endings.archived_after_correction, 10, (P, D)),
    Line(endings.archived_after_extension, 8, (P, O, H)),
    Line(endings.archived_after_suspension, 4, (D, P)),
    Line(endings.archived_after_objection, 6, (H, P, O)),
    Line(endings.archived_after_recall, 3, (O, D)),
    Line(endings.archived_sent_down, 5, (D, O), units=("town",)),
    Line(endings.archived_sent_up, 4, (O, D), units=("jtj", "tw-tudi", "yjj", "tw-wuye"), where=AT_TOWN),
    Line(endings.archived_after_send_back, 6, (P, O, H)),
    Line(endings.archived_after_reopening, 4, (H, O)),
    Line(endings.archived_restricted, 2, (D,), units=("tw-hunyin",)),
    Line(endings.archived_after_guidance_declined, 2, (P,), pool="guided"),
    Line(endings.archived_after_contest, 2, (H,), pool="transferred"),
)
MERGED = 6
# Ended after their limit, so that no share of the county is always a whole; laid out after all others, which so stay
# what they are.
LATE = (Line(endings.archived_late, 4, (H, O)),)
