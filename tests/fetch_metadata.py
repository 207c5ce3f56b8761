"""What browsers say of requests that no link of this site caused."""

from __future__ import annotations

#: What browsers say of a navigation that this site did not cause, or of a request that is none.
ELSEWHERE: dict[str, dict[str, str]] = {
    "a link of another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    "a bookmark or a mail": {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    "a picture in a page": {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "a page fetched ahead": {"Sec-Purpose": "prefetch;prerender"},
    "an old browser": {"Sec-Fetch-Site": "", "Sec-Fetch-Mode": "", "Sec-Fetch-Dest": ""},
}
#: The heading of the page that asks before a reading is recorded.
ASKED = "Bạn muốn đọc nội dung này?"
