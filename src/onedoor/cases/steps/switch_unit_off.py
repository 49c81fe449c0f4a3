"""停用单位: only when no matter waits there."""

from onedoor.cases.sql import rows
from onedoor.people.models import Unit
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.units import switch_unit
from onedoor.rules.flow import FINISHED, TERMINAL
from onedoor.rules.refusal import CONFLICT, Refused

_WAITING = """
    SELECT count(*) AS waiting FROM (
        SELECT c.id FROM assignment a JOIN "case" c ON c.id = a.case_id
         WHERE a.unit_id = %s AND a.stage IN ('awaiting', 'signed', 'objected')
           AND c.stage <> ALL(%s) AND c.confidentiality = 'ordinary'
         UNION
        SELECT c.id FROM "case" c
         WHERE c.present_centre_id = %s AND c.stage <> ALL(%s) AND c.confidentiality = 'ordinary'
         LIMIT 1000
    ) found
"""


def switch_unit_off(*, by: By, unit: int) -> None:
    """Refuses with the number of matters that wait at the unit, or with the centre if it is one.

    Confidential matters do not hold it up, for the refusal would betray them: the persons named at the centre
    still see theirs and send them elsewhere.
    """
    with administering(by):
        there = Unit.objects.get(pk=unit)
        # a closed case still waits at its centre, for the call-back and the filing
        values = [unit, list(map(str, FINISHED)), unit, list(map(str, TERMINAL))]
        waiting = rows(_WAITING, values)[0]["waiting"]
        if waiting:
            what = "请先上报、下交或办结" if there.kind == "centre" else "请先由分流专员改派，或等办结"
            raise Refused(CONFLICT, f"“{there}”还有{waiting}件事项没有办完，不能停用。{what}。")
        switch_unit(by=by, unit=unit, active=False)
