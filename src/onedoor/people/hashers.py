"""Passwords under the national suite."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Pbkdf2Sm3(PBKDF2PasswordHasher):
    """PBKDF2 with HMAC-SM3: `pbkdf2_sm3$iterations$salt$digest`. Weaker against graphic cards than Argon2, which the
    standard suite takes; it is for who must use national algorithms. As many iterations as cost what Argon2 costs."""

    algorithm = "pbkdf2_sm3"
    iterations = 400_000

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self._check_encode_args(password, salt)  # type: ignore[attr-defined]  # Django's own, not in its stubs
        turns = iterations or self.iterations
        made = PBKDF2HMAC(hashes.SM3(), length=32, salt=salt.encode(), iterations=turns).derive(password.encode())
        return f"{self.algorithm}${turns}${salt}${base64.b64encode(made).decode('ascii')}"
