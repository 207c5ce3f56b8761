"""A pytest plugin for a process of its own (test_one_more_state.py): deals as if one more state were written into them.

A signed transfer waits until its registration is recorded. Two files are read with the lines added: the workflow, and the
words of what comes next. A migration of the CHECK constraint and translations would be the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

NAME = "awaiting_registration"
LABEL = "Waits for its registration"
NEXT = "The transferor records the registration certificate."
#: Module → the beginning of a line of its file → what is written before that line.
WRITTEN = {
    "marketplace.deals.lifecycle": {
        '    State("effective", ':
            f'    State("{NAME}", "{LABEL}", "signed", "warning", "hourglass-split", stall_days=5, tab="signed"),\n',
        '        Transition("begin_delivery", ':
            f'        Transition("file", ("signed",), "{NAME}", _SIDES, "File for registration"),\n'
            f'        Transition("register", ("{NAME}",), "effective", ("supplier",), "Record the registration",\n'
            '                   done="Recorded the registration"),\n',
    },
    "marketplace.deals.progress": {
        '    "acceptance": Next(':
            f'    "{NAME}": Next("supplier", "{NEXT}", action="register", button="Record the registration"),\n',
    },
}


class _Edited(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType | None:
        source = str(self.get_source(fullname))
        for line, written in WRITTEN[fullname].items():
            assert source.count(line) == 1, line
            source = source.replace(line, written + line)
        return compile(source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name in WRITTEN else None
        if spec is not None:
            spec.loader = _Edited(name, str(spec.origin))
        return spec


sys.meta_path.insert(0, _Finder())
