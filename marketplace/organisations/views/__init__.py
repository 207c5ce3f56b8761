"""Pages of one's own organisations: switch, profile, verification, members, invitations."""

from marketplace.organisations.views import invitations, members, profile, switch
from marketplace.organisations.views.blueprint import bp

__all__ = ["bp", "invitations", "members", "profile", "switch"]
