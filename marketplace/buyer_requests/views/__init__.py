"""Pages of needs: the public page, the requester's own pages, the step form."""

from marketplace.buyer_requests.views import own, public
from marketplace.buyer_requests.views.blueprint import bp

__all__ = ["bp", "own", "public"]
