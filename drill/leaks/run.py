"""The whole matrix, in one transaction of the caller's that is taken back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings

from drill.leaks import matrix, traces
from drill.leaks.askers import everybody, make_strangers
from drill.leaks.asking import METHODS, Asking, Tally
from drill.leaks.world import Maker


@dataclass
class Found:
    tally: Tally
    traces: list[str]
    unlisted: list[str]
    addresses: int
    askers: int
    log_lines: int
    rows: int  # that requests have written, looked at before they were taken back


def run(
    names: tuple[str, ...],
    *,
    methods: Iterable[str] = METHODS,
    only: frozenset[str] | None = None,
    report: Callable[[str], None] = lambda _sentence: None,
) -> Found:
    """`names`: who asks. `only`: of which secrets guesses are made and words are searched, else all."""
    from onedoor.config.logs import Lines

    with traces.all_logs(Lines()) as lines:
        make_strangers()
        maker = Maker()
        world = maker.begin()
        askers = everybody(names, world.own)
        asking = Asking(askers, world, methods)
        report("前一天")
        before = asking.walk()
        maker.go_on()
        forget()
        report("后一天")
        after = asking.walk()
        asking.compare(before, after)
        report(f"猜编号（已{asking.tally.requests}次请求）")
        asking.guess(only)
        report(f"搜索（已{asking.tally.requests}次请求）")
        asking.search(only)
        asking.probe(only)
    report("日志、库、文件")
    left = traces.in_lines(lines, world.secrets, {"the resident's code": world.own[1]})
    left += traces.in_tables(world.secrets)
    left += traces.in_names_of_files(settings.FILES, world.secrets)
    return Found(
        asking.tally, left, matrix.faults(), len(asking.lines), len(askers), len(lines), asking.rows.looked_at
    )


def forget() -> None:
    """What processes keep for some seconds is forgotten, so that nothing hides behind it."""
    from onedoor.cases.queries import _scopes
    from onedoor.web.desk import caller, inbox
    from onedoor.web.wall import board, hall

    for kept in (
        board._looked, board._known, hall._boards, inbox._figures, inbox._readers, caller._stamps, _scopes._paths,
    ):  # fmt: skip
        kept.clear()
    inbox._news = inbox._News()
