"""The embedded mode: the platform with its own PostgreSQL, in one process, on a machine with only Python."""
