"""The role of the public process (deploy/postgresql/public-role.sql) in a test's database."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from onedoor.ops.data import ROOT

ROLE, WORD = "onedoor_public", "residents-only-0123456789"
FILE = ROOT / "deploy" / "postgresql" / "public-role.sql"


def statements() -> bytes:
    """What the server is sent; the lines that begin with a backslash are psql's own."""
    return b"".join(line for line in FILE.read_bytes().splitlines(keepends=True) if not line.startswith(b"\\"))


def make_role(url: str) -> str:
    """Make the role and give it its rights in the database of `url`; the URL with which it comes in."""
    parts = conninfo_to_dict(url)
    try:
        with psycopg.connect(host=parts["host"], dbname=parts["dbname"], user="postgres", autocommit=True) as server:
            server.execute(statements())
            server.execute(f"ALTER ROLE {ROLE} PASSWORD '{WORD}'".encode())
            server.execute(f"GRANT {ROLE} TO {parts['user']}".encode())  # so that a test may take it on
    except psycopg.OperationalError as error:
        pytest.skip(f"这里不能以超级用户建立账号：{error}")
    return f"postgresql://{ROLE}:{WORD}@/{parts['dbname']}?host={parts['host']}"
