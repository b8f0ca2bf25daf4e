"""The form that all rooms' forms come from."""

from typing import Any

from django import forms

from config.rows import Refused


class Sent(forms.Form):
    """A form that shows a verb's refusal at the fields that it is about."""

    def tell(self, refused: Refused) -> None:
        """Show what was refused; a field that is not in the form is told above it."""
        fields: dict[str, Any] = refused.detail.get("fields") or {}
        if not fields:
            self.add_error(None, str(refused.text))
        for name, texts in fields.items():
            shown = name.removesuffix("_minor")
            for text in [texts] if isinstance(texts, str) else texts:
                self.add_error(shown if shown in self.fields else None, str(text))
