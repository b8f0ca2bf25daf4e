"""What may be handed in as evidence: photos and PDF, judged by their bytes. Pure."""

from alliances.files.cleaning import Cleaned, Unfit, clean
from alliances.files.names import shown_name

__all__ = ["Cleaned", "Unfit", "clean", "shown_name"]
