"""How counters are cut: from deltas or cases (`one`) to the rows of `counter`, the same for folding and for `verify`.

The whole tree is cut by day. A division below the root, its audience and a unit's are cut by month, their totals by
day: what a period has besides whole months is asked of its cases. Smaller divisions have no counters of their own.
"""

from onedoor.cases.counted import MEASURES, TREE, mask_of

# cut: its key, of a row of deltas
_KEYS = {
    "day": "''",
    "category": "o.category_id::text",
    "channel": "o.channel",
    "unit": "o.unit_id::text",
    "flow": "o.channel || ':' || o.ending",
    "level": "o.level::text",
}
OF_OTHERS = (*_KEYS, "division", "heat")
OF_TREE = {**_KEYS, "division": "coalesce(o.path[2], 0)::text", "hour": "o.hour::text"}
_MONTH = "date_trunc('month', o.day::timestamp)::date"
COUNTS = ", ".join(
    f"coalesce(sum(s.n) FILTER (WHERE s.counted & {mask_of(one)} = {mask_of(one)}), 0)::int" for one in MEASURES
)


def cut(one: str) -> str:
    """A select of `scope, cut, day, key, counts, fen` from the relation `one`, which has the columns of deltas, its
    `fen` that of all `n` together."""
    parts = [
        f"SELECT {TREE}::bigint AS scope, '{name}' AS cut, o.day, {key} AS key, o.counted, o.n::int, o.fen"
        f" FROM {one} o"
        for name, key in OF_TREE.items()
    ]
    # of a place the divisions right below it, of an audience those right below the root
    scopes = (
        f"(SELECT p.*, x.scope, x.child FROM {one} p CROSS JOIN LATERAL ("
        "SELECT p.path[2] * 4 AS scope, coalesce(p.path[3], 0) AS child WHERE p.path[2] IS NOT NULL"
        " UNION ALL SELECT a, coalesce(p.path[2], 0) FROM unnest(p.audiences) a) x) o"
    )
    listed = [f"('{name}', {'o.day' if name == 'day' else _MONTH}, {key})" for name, key in _KEYS.items()]
    listed.append(f"('division', {_MONTH}, o.child::text)")
    listed.append(f"('heat', {_MONTH}, extract(isodow FROM o.day)::int || ':' || o.hour)")
    parts.append(
        f"SELECT o.scope, k.cut, k.day, k.key, o.counted, o.n::int, o.fen FROM {scopes}"
        f" CROSS JOIN LATERAL (VALUES {', '.join(listed)}) k (cut, day, key)"
    )
    return (
        f"SELECT s.scope, s.cut, s.day, s.key, ARRAY[{COUNTS}] AS counts, sum(s.fen)::bigint AS fen"
        " FROM (SELECT u.scope, u.cut, u.day, u.key, u.counted, sum(u.n)::int AS n, sum(u.fen) AS fen"
        f" FROM ({' UNION ALL '.join(parts)}) u GROUP BY u.scope, u.cut, u.day, u.key, u.counted) s"
        " GROUP BY s.scope, s.cut, s.day, s.key"
    )
