"""CloudWatch at ministack, in each of the three protocols that it speaks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import aws.cloudwatch
import aws.cloudwatch_json
import aws.cloudwatch_query
from edgemote import ServiceError

MODULES = [aws.cloudwatch, aws.cloudwatch_json, aws.cloudwatch_query]


@pytest.fixture(params=MODULES, ids=["cbor", "json", "query"])
def cloudwatch(request: pytest.FixtureRequest, connect: Callable[..., Any]) -> Any:
    return connect(request.param.CloudWatch)


def test_metrics_are_put_and_read(cloudwatch: Any, same_as_botocore: Callable[..., None]) -> None:
    namespace = f"board/{cloudwatch.service.name}"
    now_s = time.time() // 60 * 60
    answer = cloudwatch.put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": "CpuTemp",
                "Dimensions": [{"Name": "device", "Value": "cam é 7"}],
                "Timestamp": now_s,
                "Value": value,
                "Unit": "None",
            }
            for value in (51.5, -0.25, 1e-7)
        ],
    )
    assert answer is None
    same_as_botocore("cloudwatch", cloudwatch, "list_metrics", Namespace=namespace)
    window = {"StartTime": now_s - 600, "EndTime": now_s + 600}
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="CpuTemp",
        Dimensions=[{"Name": "device", "Value": "cam é 7"}],
        **window,
        Period=60,
        Statistics=["Minimum", "Maximum", "SampleCount"],
    )
    (point,) = found.Datapoints
    assert (point.Minimum, point.Maximum, point.SampleCount) == (-0.25, 51.5, 3.0)
    assert point.Timestamp == now_s
    data = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "q",
                "MetricStat": {
                    "Metric": {
                        "Namespace": namespace,
                        "MetricName": "CpuTemp",
                        "Dimensions": [{"Name": "device", "Value": "cam é 7"}],
                    },
                    "Period": 60,
                    "Stat": "Maximum",
                },
            }
        ],
        **window,
    )
    (result,) = data.MetricDataResults
    assert (result.Id, result.Values, result.Timestamps) == ("q", [51.5], [now_s])


def test_alarms_come_and_go(cloudwatch: Any, same_as_botocore: Callable[..., None]) -> None:
    name = f"hot {cloudwatch.service.name}"
    alarm = {
        "AlarmName": name,
        "AlarmDescription": "é <&>",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 2,
        "MetricName": "CpuTemp",
        "Namespace": "board",
        "Period": 60,
        "Statistic": "Average",
        "Threshold": 80.5,
        "ActionsEnabled": False,
    }
    assert cloudwatch.put_metric_alarm(**alarm) is None
    (found,) = cloudwatch.describe_alarms(AlarmNames=[name]).MetricAlarms
    # In query, ministack tells no more than the condition.
    told = {key: value for key in alarm if (value := getattr(found, key)) is not None}
    assert told.items() <= alarm.items()
    assert told.keys() >= {"AlarmName", "Threshold", "EvaluationPeriods", "MetricName"}
    if cloudwatch.service.name != "cloudwatch-query":
        assert told == alarm
        same_as_botocore("cloudwatch", cloudwatch, "describe_alarms", AlarmNames=[name])
    cloudwatch.delete_alarms(AlarmNames=[name])
    assert not cloudwatch.describe_alarms(AlarmNames=[name]).MetricAlarms


def test_an_error_is_the_typed_one(cloudwatch: Any) -> None:
    with pytest.raises(ServiceError) as caught:
        cloudwatch.get_dashboard(DashboardName="none")
    # Two shapes of the model have this code, and botocore takes the last.
    assert type(caught.value) is cloudwatch.exceptions.ResourceNotFound
