"""Stands in for the AWS CLI: whether a service has an operation, and takes these parameters."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from botocore import xform_name
from botocore.session import Session
from botocore.validate import ParamValidator


def main(service: str, command: str, *words: str) -> str:
    """What is wrong, "" for nothing."""
    model = Session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[command]).input_shape
    members = {f"--{xform_name(name, '-')}": name for name in shape.members}
    params = {}
    for option, value in zip(words[::2], words[1::2], strict=True):
        if value.startswith("file://"):
            value = Path(value.removeprefix("file://")).read_text()
            json.loads(value)
        params[members[option]] = value
    return ParamValidator().validate(params, shape).generate_report()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
