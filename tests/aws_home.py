"""A home folder with real AWS files in it, and a process environment with nothing else."""

import contextlib
import os
import tempfile
from pathlib import Path

# Keeps botocore from looking for a metadata service that no test machine has.
QUIET = {"AWS_EC2_METADATA_DISABLED": "true"}


@contextlib.contextmanager
def aws_home(environ=None, config=None, credentials=None):
    """Yield the home's path; `config` and `credentials` are the texts of the two files."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / ".aws").mkdir()
        for name, text in (("config", config), ("credentials", credentials)):
            if text is not None:
                (home / ".aws" / name).write_text(text, encoding="utf-8")
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(QUIET, HOME=folder, PATH=before["PATH"], **(environ or {}))
        try:
            yield home
        finally:
            os.environ.clear()
            os.environ.update(before)


def ini(sections):
    """Write `{header: {key: value or dict}}` as an INI file."""
    lines = []
    for header, keys in sections.items():
        lines.append(f"[{header}]")
        for key, value in keys.items():
            if isinstance(value, dict):
                lines.append(f"{key} =")
                lines += [f"    {inner} = {text}" for inner, text in value.items()]
            else:
                lines.append(f"{key} = {value}")
    return "\n".join(lines) + "\n"
