"""smoke"""
import pytest
from tests import factories
from tests.buyer_requests.factories import Cast, six_clear
from marketplace.extensions import db

def test_smoke(ctx):
    cast = Cast("agency")
    need = cast.published(kind="order", six_clear=six_clear(), visibility="requester_hidden", invited_org_ids=[cast.invited_org.id])
    path = "/needs/NC-2026-000001-xu-ly-nuoc-thai-det-nhuom-dat-cot-a"
    for who in (None, (cast.buyer_user, cast.org), (cast.stranger_user, cast.stranger_org), (cast.moderator_user, None)):
        client = factories.client(ctx, *(who or ()))
        for url in ("/needs/NC-2026-000001", path, "/needs/NC-2026-000001.jsonld", "/my/needs", "/my/needs.csv", "/my/needs/invitations", "/my/needs/new", "/needs/NC-2026-000001/confidential/1"):
            r = client.get(url)
            print(who and who[0].name, url, r.status_code, len(r.data))
    draft = cast.draft(title="Bản nháp thứ hai của đơn vị")
    client = factories.client(ctx, cast.buyer_user, cast.org)
    code = draft.buyer_request.code
    for step in "problem result classification terms choosing six-clear contact files".split():
        r = client.get(f"/my/needs/{code}/edit/{step}")
        print(step, r.status_code, len(r.data))
    print(client.get(f"/my/needs/{code}/review").status_code)
