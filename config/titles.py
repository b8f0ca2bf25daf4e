"""What is kept under an English title and, where somebody gave one, a Chinese title."""

from django.utils.translation import get_language


def title_for_reader(title: str, title_zh: str) -> str:
    """The Chinese title for those who read Chinese, where there is one; else the English title."""
    return title_zh if title_zh and (get_language() or "").startswith("zh") else title
