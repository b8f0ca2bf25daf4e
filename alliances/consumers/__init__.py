"""Doors that stay open: the boards' sockets."""
