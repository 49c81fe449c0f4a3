import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, Format

TIMESTAMPTZ = psycopg.postgres.types["timestamptz"].oid


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections are kept for ever, so each request asks whether its own has died meanwhile.

    Django asks the server, which costs a round trip a request. A dead server has closed the socket, and a
    closed socket is readable: asking the kernel costs microseconds.

    Instants are read by the library's own compiled loader, in UTC as the connection is: Django's is written in Python
    and takes ten times as long, a tenth of the time in which a case is read.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        loader = psycopg.adapters.get_loader(TIMESTAMPTZ, Format.TEXT)
        assert loader is not None
        connection.adapters.register_loader(TIMESTAMPTZ, loader)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Without Django's look at its own loader's zone; ours has that of the connection."""
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        pgconn = self.connection.pgconn
        if pgconn.status != ConnStatus.OK:
            return False
        poll = select.poll()
        poll.register(pgconn.socket, select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0)
