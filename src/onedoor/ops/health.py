"""Asking the own web server whether it is ready."""

import argparse
import http.client
import ipaddress
import json
import ssl
from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """Where the server is reached from this machine."""

    host: str
    port: int
    tls: bool

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Probe":
        host = str(options.host)
        # An address that means "all of this machine" is none to connect to.
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            pass
        else:
            if address.is_unspecified:
                host = "127.0.0.1" if address.version == 4 else "::1"
        return cls(host, options.port, options.tls_cert is not None)

    @property
    def base(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    def ask(self, *, starting: bool = False, alone: bool = False) -> str | None:
        """None when `/healthz` answers 200, else what it says instead. A start does not wait for a person: a full
        disk or a clock that has jumped is told, and people can read meanwhile. `alone`: parts beside web server and
        database run elsewhere, and may not run yet."""
        if self.tls:
            # It is our own server on our own machine, under a name that is not the certificate's.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self.host, self.port, timeout=5, context=context
            )
        else:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            body = answer.read(4096)
        except (OSError, http.client.HTTPException):
            return "尚未应答"
        finally:
            connection.close()
        if answer.status == 200 or (starting and _waits_for_a_person(body)):
            return None
        if alone and answer.status == 503 and _database_answers(body):
            return None
        return f"状态 {answer.status} {_not_ok(body)}".strip()


def _database_answers(body: bytes) -> bool:
    try:
        return bool(json.loads(body)["database"] == "ok")
    except (ValueError, KeyError, TypeError):
        return False


def _not_ok(body: bytes) -> str:
    return "、".join(f"{name}：{value}" for name, value in _failing(body).items())


def _waits_for_a_person(body: bytes) -> bool:
    names = _failing(body).keys() - {"status"}
    # jobs wait, the sweeper with them, while it is not sure what time it is
    return bool(names) and names <= ({"clock", "disk", "sweeper"} if "clock" in names else {"disk"})


def _failing(body: bytes) -> dict[str, object]:
    try:
        parts = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(parts, dict):
        return {}
    return {name: value for name, value in parts.items() if value != "ok"}
