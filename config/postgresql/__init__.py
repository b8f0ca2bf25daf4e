"""Django's backend for PostgreSQL, with statements that the server binds (adr/0029)."""
