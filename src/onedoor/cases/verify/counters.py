"""Counters against the cases: every one counted again, from the bits that have been checked case by case."""

from collections.abc import Iterator

from onedoor.cases.checkpoints import Cursor
from onedoor.cases.counted import LAYOUT, MEASURES
from onedoor.cases.queries._cuts import cut
from onedoor.cases.steps.fold import DELTAS
from onedoor.cases.verify.finding import Finding
from onedoor.rules.figures import CONDITIONS

_CUT_NAMES = {
    "day": "合计", "category": "类别", "channel": "渠道", "unit": "主办单位", "division": "区域", "flow": "渠道与结果",
    "hour": "时刻", "heat": "星期与时刻", "level": "层级",
}  # fmt: skip
_APART = ", ".join(f"sum(e.sign * e.counts[{place}])::bigint" for place in range(1, len(MEASURES) + 1))
_DIFFERENT = f"""
    WITH one AS MATERIALIZED (SELECT * FROM ({DELTAS}) c),
         loose AS MATERIALIZED (SELECT day, hour, category_id, channel, unit_id, ending, level, path, audiences,
                                       counted, n * fen AS fen, n FROM counter_delta),
         every AS (SELECT scope, cut, day, key, counts, fen, 1 AS sign FROM counter
                   UNION ALL SELECT l.*, 1 FROM ({cut("loose")}) l
                   UNION ALL SELECT o.*, -1 FROM ({cut("one")}) o)
    SELECT * FROM (
        SELECT e.scope, e.cut, e.day, e.key, ARRAY[{_APART}] AS counts, sum(e.sign * e.fen)::bigint AS fen
          FROM every e GROUP BY e.scope, e.cut, e.day, e.key) f
     WHERE f.fen <> 0 OR EXISTS (SELECT 1 FROM unnest(f.counts) u (n) WHERE u.n <> 0)
     ORDER BY f.scope, f.cut, f.day, f.key
"""


def are_filled(cursor: Cursor) -> bool:
    return cursor.execute("SELECT 1 FROM counter_layout WHERE layout = %s", [LAYOUT]).fetchone() is not None


def check_counters(cursor: Cursor) -> Iterator[Finding]:
    """Each counter, folded or not, that is not what the cases make it."""
    for scope, name, day, key, counts, fen in cursor.execute(_DIFFERENT, []).fetchall():
        place = f"{_CUT_NAMES.get(name, name)}{key and f' {key}'}，{day}"
        row = f"{scope}/{name}/{day}/{key}"
        for measure, count in zip(MEASURES, counts, strict=True):
            if count:
                words = CONDITIONS[measure.rpartition(".")[2]]
                how = f"多计{count}件" if count > 0 else f"少计{-count}件"
                yield Finding(f"计数与事项不符（{place}）：{words}，{how}", table="counter", row=row)
        if fen:
            yield Finding(f"计数与事项不符（{place}）：涉及金额差{fen}分", table="counter", row=row)
