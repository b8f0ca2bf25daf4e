"""The firms room for programs."""

from firms.api.tokens import TokenAuthentication

__all__ = ["TokenAuthentication"]
