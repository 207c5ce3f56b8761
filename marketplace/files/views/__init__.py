"""Pages of files: the contents themselves, what the virus check holds back, and what becomes of it."""

from marketplace.files.views import held_back, serving
from marketplace.files.views.blueprint import bp

__all__ = ["bp", "held_back", "serving"]
