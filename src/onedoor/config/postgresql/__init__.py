"""Django's PostgreSQL backend with a cheap answer to "does this connection still live?"."""
