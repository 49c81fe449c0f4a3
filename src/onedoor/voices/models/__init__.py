"""What the room holds."""

from onedoor.voices.models.opinions import Opinion
from onedoor.voices.models.questions import PublishedAnswer, Question
from onedoor.voices.models.surveys import Survey, SurveyAnswer

__all__ = ["Opinion", "PublishedAnswer", "Question", "Survey", "SurveyAnswer"]
