"""Text that the database takes: null characters are refused before any door, as forms do it for their fields."""

from collections.abc import Callable, Iterator

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NULL = "\0"


class PlainText:
    """Answer 400 to an address or a form that holds a null character, which PostgreSQL cannot keep."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(NULL in text for text in texts(request)):
            raise BadRequest("a null character")
        return self.get_response(request)


def texts(request: HttpRequest) -> Iterator[str]:
    """What was sent in the address and in a form, names and values."""
    yield request.path
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            yield name
            yield from values
