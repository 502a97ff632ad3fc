# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-data, API version 2015-05-28,
# sha256 43c95db5be5facda59e3df5b9bbec2be9041422b23692de9f08f1b4763df51db
"""Client of AWS IoT Data Plane; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUBLISH = Operation(
    name="Publish",
    path="/topics/{topic}",
    input=shapes.PublishRequest,
    labels={"topic": "topic"},
    query={
        "qos": "qos",
        "retain": "retain",
        "contentType": "contentType",
        "responseTopic": "responseTopic",
        "messageExpiry": "messageExpiry",
    },
    headers={
        "x-amz-mqtt5-user-properties": "userProperties",
        "x-amz-mqtt5-payload-format-indicator": "payloadFormatIndicator",
        "x-amz-mqtt5-correlation-data": "correlationData",
    },
    payload="payload",
)

UPDATE_THING_SHADOW = Operation(
    name="UpdateThingShadow",
    path="/things/{thingName}/shadow",
    input=shapes.UpdateThingShadowRequest,
    labels={"thingName": "thingName"},
    query={"name": "shadowName"},
    payload="payload",
    output=shapes.UpdateThingShadowResponse,
    result_payload="payload",
)


class IoTDataPlane(Client):
    exceptions = errors
    service = Service(
        name="iot-data",
        service_id="IoT Data Plane",
        signing_name="iotdata",
        api_version="2015-05-28",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def publish(self, **params):
        self._call(PUBLISH, params)

    def update_thing_shadow(self, **params):
        return self._call(UPDATE_THING_SHADOW, params)
