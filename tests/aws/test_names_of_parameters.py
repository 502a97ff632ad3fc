"""Parameters that boto3 calls otherwise than the models."""

from __future__ import annotations

from typing import Any

import pytest

from aws.errors import ValidationError
from conformance.comparison import generated
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle


@pytest.mark.parametrize(
    ("service", "operation", "method", "params", "models_name"),
    [
        (
            "ec2",
            "DescribeHosts",
            "describe_hosts",
            {"Filters": [{"Name": "n", "Values": ["v"]}]},
            "Filter",
        ),
        (
            "logs",
            "CreateExportTask",
            "create_export_task",
            {"logGroupName": "g", "fromTime": 1, "to": 2, "destination": "d"},
            "from",
        ),
        (
            "cloudsearchdomain",
            "Search",
            "search",
            {"query": "q", "returnFields": "_all_fields"},
            "return",
        ),
    ],
)
def test_boto3s_name_is_taken(
    service: str, operation: str, method: str, params: dict[str, Any], models_name: str
) -> None:
    answer = (200, {}, b"<R/>" if service == "ec2" else b"{}")
    expected, _ = Oracle(service).call(method, params, answer)
    with generated(select(load_model(service, {}), (operation,))) as ours:
        sent, _ = ours.call(method, params, answer)
        if service == "cloudsearchdomain":  # botocore puts the query into a form
            assert dict(sent.query)["return"] == dict(expected.body)["return"] == "_all_fields"
        else:
            assert sent.facts() == expected.facts()
        with pytest.raises(ValidationError, match=models_name):
            getattr(ours.client, method)(**{models_name: 1})
