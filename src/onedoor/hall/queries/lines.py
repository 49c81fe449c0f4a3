"""Lines and kiosks, for the administrator and for the device that draws."""

from typing import Any

from onedoor.cases.sql import rows
from onedoor.rules.services import WINDOW_KINDS


def lines(centre: int) -> list[dict[str, Any]]:
    """All of a hall with the codes and names of their windows, those out of use last."""
    return rows(
        "SELECT l.*, ARRAY(SELECT jsonb_array_elements_text(l.kinds)) AS kind_codes,"
        " coalesce(w.codes, ARRAY[]::varchar[]) AS window_codes, coalesce(w.names, '') AS window_names"
        " FROM hall_line l LEFT JOIN LATERAL (SELECT array_agg(p.code ORDER BY p.position) AS codes,"
        " string_agg(p.name, '、' ORDER BY p.position) AS names FROM hall_linewindow x JOIN hall_place p"
        " ON p.id = x.window_id WHERE x.line_id = l.id) w ON true"
        " WHERE l.centre_id = %s ORDER BY l.active DESC, l.position, l.code",
        [centre],
    )


def kinds_of_window() -> dict[str, str]:
    """What a line may be for: the kinds that there are, and those of its own that the catalogue names."""
    own = rows("SELECT DISTINCT line FROM hall_service WHERE active AND line <> '' ORDER BY line")
    return {**WINDOW_KINDS, **{row["line"]: row["line"] for row in own if row["line"] not in WINDOW_KINDS}}


def kiosks(centre: int) -> list[dict[str, Any]]:
    """The devices of a hall, newest first."""
    return rows(
        "SELECT k.id, k.name, k.prints, k.made_at, k.active, a.name AS made_by FROM hall_kiosk k"
        " JOIN people_account a ON a.id = k.made_by_id WHERE k.centre_id = %s ORDER BY k.active DESC, k.made_at DESC",
        [centre],
    )


def kiosk_of(digest: bytes) -> dict[str, Any] | None:
    """The device in use whose token has this digest, with the code of its centre."""
    found = rows(
        "SELECT k.id, k.name, k.prints, u.code AS centre FROM hall_kiosk k JOIN people_unit u ON u.id = k.centre_id"
        " WHERE k.digest = %s AND k.active AND u.active",
        [digest],
    )
    return found[0] if found else None
