"""Runs a script and marks where each import and each chosen function begins and ends.

Arguments: a file for the names, "module:attribute,..." to watch beside imports, then the script
and its arguments. The marks come in the order of the names: the probe's figures tell what lies
between. Watching looks into importlib's private part, which is why it is done here only.
"""

import _frozen_importlib
import os
import sys

names_file, watched, *sys.argv = sys.argv[1:]
names = []
mark = os.getpriority
find_and_load = _frozen_importlib._find_and_load


def load(name, import_):
    names.append(f"+import {name}")
    mark(0, 0)
    try:
        module = find_and_load(name, import_)
    finally:
        names.append("-")
        mark(0, 0)
    for watch in waiting.pop(name, ()):
        wrap(module, watch)
    return module


def wrap(module, attribute):
    owner = module
    *path, last = attribute.split(".")
    for part in path:
        owner = getattr(owner, part, None)
    function = getattr(owner, last, None)
    if function is None:  # a step that this version does not have
        return

    def call(*args, **kwargs):
        names.append(f"+{attribute}()")
        mark(0, 0)
        try:
            return function(*args, **kwargs)
        finally:
            names.append("-")
            mark(0, 0)

    setattr(owner, last, call)


def note_mark(which, who):
    names.append("mark")
    return mark(which, who)


waiting = {}
for place in filter(None, watched.split(",")):
    name, _, attribute = place.partition(":")
    waiting.setdefault(name, []).append(attribute)

with open(sys.argv[0], "rb") as file:
    code = compile(file.read(), sys.argv[0], "exec")
_frozen_importlib._find_and_load = load
os.getpriority = note_mark
names.append("+the script")
mark(0, 0)
try:
    exec(code, {"__name__": "__main__"})
finally:
    names.append("-")
    mark(0, 0)
    _frozen_importlib._find_and_load = find_and_load
    with open(names_file, "w") as file:
        file.write("\n".join(names))
