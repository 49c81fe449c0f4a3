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

    def ask(self) -> str | None:
        """None when `/healthz` answers 200, else what it says instead."""
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
        return None if answer.status == 200 else f"状态 {answer.status} {_not_ok(body)}".strip()


def _not_ok(body: bytes) -> str:
    try:
        parts = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(parts, dict):
        return ""
    return "、".join(f"{name}：{value}" for name, value in parts.items() if value != "ok")
