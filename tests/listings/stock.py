"""Many published listings at once, written straight into the tables: for counts and for size, not for their history."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from marketplace.organisations.models import Organisation
from marketplace.values.places import provinces
from marketplace.vocabulary import (
    HANOI_PRIORITY_FIELDS,
    IP_KINDS,
    OBJECT_KINDS,
    PRICING_MODES,
    TRANSFER_FORMS,
    TRL_ASSESSED_BY,
)

PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)


def facts(chance: random.Random) -> dict[str, Any]:
    """What filters ask about a listing; now and then it is not said."""

    def one(codes: Iterable[str]) -> str:
        return chance.choice(["", *codes])

    def some(codes: Iterable[str]) -> list[str]:
        return chance.sample(list(codes), chance.choice([0, 1, 1, 2, 3]))

    low = chance.choice([None, 50_000_000, 100_000_000, 499_999_999, 2_000_000_000, 20_000_000_000])
    return {
        "field_code": chance.choice(["", "1", "2", "204", "3", "4", "5"]),
        "trl": chance.choice([None, *range(1, 10)]),
        "object_kinds": some(OBJECT_KINDS.codes),
        "price_min": low,
        "price_max": chance.choice([None, 600_000_000, 30_000_000_000]) if low is None else chance.choice([None, low * 3]),
        "transfer_forms": some(TRANSFER_FORMS.codes),
        "ip": [{"kind": kind, "status": "", "number": "", "country": "", "filed_on": ""} for kind in some(IP_KINDS.codes)],
        "pricing_mode": one(PRICING_MODES.codes),
        "trl_assessed_by": one(TRL_ASSESSED_BY.codes),
        "province_code": one(place.code for place in provinces()[:5]),
        "hanoi_priority_field": one(HANOI_PRIORITY_FIELDS.codes),
        "visibility": chance.choice(["public", "public", "public", "members"]),
        "warranty_months": chance.choice([None, 6, 12, 23, 24, 36, 60]),
    }


def stock(org: Organisation, texts: Iterable[Mapping[str, Any]]) -> int:
    """Publish a listing of the organisation for each of `texts` (columns of its version); return how many, committed."""
    after = db.session.scalar(select(func.max(Listing.id))) or 0
    rows = [dict(text) for text in texts]
    codes = [f"CN-1999-{after + number:06}" for number in range(1, len(rows) + 1)]
    db.session.execute(insert(Listing), [{"code": code, "org_id": org.id} for code in codes])
    made = select(Listing.id).where(Listing.id > after).order_by(Listing.code)
    ids = db.session.scalars(made).all()
    versions = zip(ids, rows, strict=True)
    fixed = {"number": 1, "lock": 1, "state": "approved"}
    db.session.execute(insert(ListingRevision), [{"listing_id": id_, **fixed, **row} for id_, row in versions])
    version = select(ListingRevision.id).where(ListingRevision.listing_id == Listing.id).scalar_subquery()
    field = select(ListingRevision.field_code).where(ListingRevision.listing_id == Listing.id).scalar_subquery()
    values = {"state": "published", "published_at": PUBLISHED, "confirmed_at": PUBLISHED, "published_revision_id": version,
              "published_field": field}
    published = update(Listing).where(Listing.id > after).values(values)
    db.session.execute(published.execution_options(synchronize_session=False))
    db.session.commit()
    return len(ids)
