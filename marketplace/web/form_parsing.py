"""Forms are read with bounds of their own: letters of a part's head are taken apart one by one, and fields cost memory.

Without them a body of 20 MB that consists of names took nine seconds of processor time before anybody looked at it.
"""

from __future__ import annotations

from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

from flask import Request
from werkzeug.datastructures import CombinedMultiDict, FileStorage, Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.sansio.multipart import File
from wtforms.fields.simple import FileField

Options = dict[str, str]

MOST_FIELDS = 2_000  # of an urlencoded form; those of multipart forms are bounded by MAX_FORM_PARTS
MOST_FILES = 30
LONGEST_HEAD = 4_000  # letters of the head of one part: its name, the name of the file, the type


class _Parts(MultiPartParser):
    """Refuses a body at its first part with a long head, and at one file too many."""

    files = 0

    def start_file_streaming(self, event: File, total_content_length: int | None) -> IO[bytes]:
        self.files += 1
        if self.files > MOST_FILES:
            raise RequestEntityTooLarge()
        _check(event.headers)
        return super().start_file_streaming(event, total_content_length)

    def get_part_charset(self, headers: Headers) -> str:
        _check(headers)
        return super().get_part_charset(headers)


def _check(headers: Headers) -> None:
    if sum(len(name) + len(value) for name, value in headers) > LONGEST_HEAD:
        raise RequestEntityTooLarge()


class _Forms(FormDataParser):
    """Reads forms with these bounds. Raises RequestEntityTooLarge."""

    def _parse_multipart(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Options) -> Any:
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("Missing boundary")
        parser = _Parts(
            stream_factory=self.stream_factory, max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts, cls=self.cls,
        )
        return stream, *parser.parse(stream, boundary, content_length)

    def _parse_urlencoded(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Options) -> Any:
        body = stream.read()
        if body.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge()
        return stream, self.cls(_pairs(body)), self.cls()


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode(), keep_blank_values=True, errors="werkzeug.url_quote")


def files_apart(form: Any, sent: CombinedMultiDict[str, Any]) -> MultiDict[str, Any]:
    """Return what was sent without files under the names of fields that take texts: those would take them for texts."""
    takes = {field.name for field in form if isinstance(field, FileField)}
    return MultiDict([(name, value) for name, value in sent.items(multi=True)
                      if name in takes or not isinstance(value, FileStorage)])


def is_address(said: str) -> bool:
    """True when what a browser says can be taken apart as an address."""
    try:
        urlsplit(said)
    except ValueError:
        return False
    return True


class BoundedRequest(Request):
    """A request whose forms are read with bounds, and that names no page before it which cannot be read."""

    form_data_parser_class = _Forms

    @property
    def referrer(self) -> str | None:  # type: ignore[override]  # a plain property of the library's
        """The page the request was sent from, as the browser says; None for what is no address, as for none.

        Libraries take it apart too, and what is no address (`http://[`) would be an error of ours there.
        """
        said = self.headers.get("Referer")
        return said if said is not None and is_address(said) else None
