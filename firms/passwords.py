"""What a password must be, said in every language of the platform."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's rule of length; its own sentence has no Chinese in Django's catalogue."""

    def get_error_message(self) -> str:
        return ngettext(
            "A password needs at least %(count)d character.",
            "A password needs at least %(count)d characters.",
            self.min_length,
        ) % {"count": self.min_length}
