"""What the fields that listings and needs have in common are called in queries and in files, and how they are filtered."""

from __future__ import annotations

from marketplace.authoring.kinds import FacetSpec, ImportSpec, NumberSpec
from marketplace.values.text import N_

#: Names of fields in the query language, Vietnamese first.
TOPIC_NAMES = ("chủ đề", "topic")
FIELD_NAMES = ("lĩnh vực", "ngành", "field")
TRL_NAMES = ("trl", "độ sẵn sàng")
KIND_NAMES = ("loại", "kind", "type")
FORM_NAMES = ("hình thức", "form")
PLACE_NAMES = ("nơi", "tỉnh", "địa phương", "thành phố", "place", "province")
PRIORITY_NAMES = ("ưu tiên", "priority")
PRICE_NAMES = ("giá", "ngân sách", "kinh phí", "price", "budget")
PUBLISHED_NAMES = ("ngày đăng", "đăng", "published")

TOPIC_EXAMPLE = 'chủ đề:"nước thải"'
FIELD_EXAMPLE = 'lĩnh vực:"nông nghiệp"'
PLACE_EXAMPLE = 'nơi:"Hà Nội"'
TRL_EXAMPLE = "trl>=6"

TOPIC_FACET = FacetSpec("topic", N_("Topic"), 1, open=True, tree=True, levels=True)
TAG_FACET = FacetSpec("tag", position=0, shown=False)
PLACE_FACET = FacetSpec("place", N_("Place"), 900)
PRIORITY_FACET = FacetSpec("priority", N_("Hanoi priority field"), 910)
PUBLISHED_NUMBER = NumberSpec("published_at", descending=N_("Newest"), position=0)

IMPORT_TITLE_EN = ImportSpec(
    ("title en", "english title", "name en", "ten tieng anh", "tieu de tieng anh"), label=N_("Title in English"),
)
IMPORT_TOPICS = ImportSpec(  # “chủ đề” and “topics” of other people's files are words of their own: keywords
    ("chu de cua san", "ma chu de", "exchange topics"), key="topic_codes", label=N_("Topics of the exchange"),
)
IMPORT_FIELD = ImportSpec(
    ("field", "science field", "field code", "linh vuc", "linh vuc khoa hoc", "linh vuc nghien cuu", "ma linh vuc"),
    key="field", label=N_("Science field"),
)
IMPORT_PROVINCE = ImportSpec(
    ("province", "city", "location", "tinh", "tinh thanh", "thanh pho", "dia phuong"), key="province",
    label=N_("Province or city"),
)
