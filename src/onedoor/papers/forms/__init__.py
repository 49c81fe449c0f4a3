"""All forms, by code."""

from onedoor.papers.forms import agreement, file, letters, mediation, petition
from onedoor.papers.forms._form import Form

FORMS: dict[str, Form] = {
    form.code: form for form in (*mediation.FORMS, *agreement.FORMS, *file.FORMS, *letters.FORMS, *petition.FORMS)
}

__all__ = ["FORMS", "Form"]
