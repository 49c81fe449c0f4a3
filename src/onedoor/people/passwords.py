"""The password policy beyond Django's own validators."""

from django.core.exceptions import ValidationError


class KindsOfCharacters:
    """At least two of: letters, digits, other signs (等保 2.0 身份鉴别: 口令应有复杂度要求)."""

    def validate(self, password: str, user: object = None) -> None:
        kinds = {"letter" if sign.isalpha() else "digit" if sign.isdigit() else "other" for sign in password}
        if len(kinds) < 2:
            raise ValidationError("密码至少要包含字母、数字、符号中的两种。", code="password_too_plain")

    def get_help_text(self) -> str:
        return "密码至少要包含字母、数字、符号中的两种。"
