"""The one way in which a rule says no."""

from collections.abc import Mapping

NOT_FOUND = "not_found"
NOT_ALLOWED = "not_allowed"
WRONG_STAGE = "wrong_stage"
NOT_YOUR_MOVE = "not_your_move"
NOT_READY = "not_ready"
STALE_VERSION = "stale_version"
INVALID = "invalid"
CONFLICT = "conflict"
TOO_MANY = "too_many"
NO_SPACE = "no_space"  # the disk is full; what is there can be read
UNAVAILABLE = "unavailable"  # the database does not answer just now; the same request may be sent again
INTERNAL = "internal"  # a fault of ours that a person can be told of


class Refused(Exception):
    """A lawful "no": a stable code for machines, a sentence a person can act on, and the fields it is about.

    `fields` maps a field of the input to the sentence to be shown beside it.
    """

    def __init__(self, code: str, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.fields = dict(fields or {})

    def __reduce__(self) -> tuple[type["Refused"], tuple[str, str, dict[str, str]]]:
        """It crosses processes whole: one that cannot be unpickled would leave a pool waiting for ever."""
        return type(self), (self.code, self.sentence, self.fields)


def invalid(field: str, sentence: str) -> Refused:
    """A refusal of one field's content."""
    return Refused(INVALID, sentence, {field: sentence})
