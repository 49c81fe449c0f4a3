"""The forms of mediation: for each verb its fields, and the step that they lead to."""

from onedoor.web.desk.mediation.context import Verb
from onedoor.web.desk.mediation.verbs_agreement import AGREEMENT
from onedoor.web.desk.mediation.verbs_course import COURSE
from onedoor.web.desk.mediation.verbs_sessions import SESSIONS

VERBS: dict[str, Verb] = {**COURSE, **SESSIONS, **AGREEMENT}
