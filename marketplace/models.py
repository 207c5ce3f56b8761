"""Every table of the exchange, imported once, so that metadata and migrations see all of them. No code lives here."""

from marketplace.accounts import models as accounts
from marketplace.authoring.enquiries import Enquiry
from marketplace.buyer_requests import models as buyer_requests
from marketplace.core.calendar_days import CalendarDay
from marketplace.core.codes import Counter
from marketplace.core.events import Event, EventHead, Outbox
from marketplace.core.facts import Fact
from marketplace.core.retention import RetentionRun
from marketplace.core.view_counts import ViewCount
from marketplace.deals import models as deals
from marketplace.files import models as files
from marketplace.importing import models as importing
from marketplace.listings import models as listings
from marketplace.mail import MailMessage
from marketplace.matching import models as matching
from marketplace.moderation import models as moderation
from marketplace.negotiation import models as negotiation
from marketplace.notifications import models as notifications
from marketplace.organisations import models as organisations
from marketplace.pages import models as pages
from marketplace.saved_searches import models as alerts
from marketplace.semantic import models as semantic

__all__ = [
    "CalendarDay", "Counter", "Enquiry", "Event", "EventHead", "Fact", "MailMessage", "Outbox", "RetentionRun", "ViewCount",
    "accounts", "alerts", "buyer_requests", "deals", "files", "importing", "listings", "matching", "moderation",
    "negotiation", "notifications", "organisations", "pages", "semantic",
]
