# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-data, API version 2015-05-28,
# sha256 43c95db5be5facda59e3df5b9bbec2be9041422b23692de9f08f1b4763df51db
"""Structs of AWS IoT Data Plane."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import JsonValue, Shape

Integer0 = Annotated[int, Meta(ge=0)]
String1 = Annotated[str, Meta(min_length=1)]


class PublishRequest(Shape, kw_only=True):
    """The input for the Publish operation."""

    topic: str
    """The name of the MQTT topic."""

    qos: Integer0 | None = None
    """The Quality of Service (QoS) level. The default QoS level is 0."""

    retain: bool | None = None
    """A Boolean value that determines whether to set the RETAIN flag when the message is published.

    Setting the RETAIN flag causes the message to be retained and sent to new subscribers to the
    topic.

    Valid values: `true` | `false`

    Default value: `false`
    """

    payload: bytes | None = None
    """The message body. MQTT accepts text, binary, and empty (null) message payloads.

    Publishing an empty (null) payload with retain = `true` deletes the retained message identified
    by topic from Amazon Web Services IoT Core.
    """

    userProperties: JsonValue | None = None
    """A JSON string that contains an array of JSON objects. If you don’t use Amazon Web Services
    SDK or CLI, you must encode the JSON string to base64 format before adding it to the HTTP
    header. `userProperties` is an HTTP header value in the API.

    The following example `userProperties` parameter is a JSON string which represents two User
    Properties. Note that it needs to be base64-encoded:

    `[{"deviceName": "alpha"}, {"deviceCnt": "45"}]`
    """

    payloadFormatIndicator: str | None = None
    """An `Enum` string value that indicates whether the payload is formatted as UTF-8.
    `payloadFormatIndicator` is an HTTP header value in the API.

    One of UNSPECIFIED_BYTES, UTF8_DATA.
    """

    contentType: str | None = None
    """A UTF-8 encoded string that describes the content of the publishing message."""

    responseTopic: str | None = None
    """A UTF-8 encoded string that's used as the topic name for a response message. The response
    topic is used to describe the topic which the receiver should publish to as part of the
    request-response flow. The topic must not contain wildcard characters.
    """

    correlationData: str | None = None
    """The base64-encoded binary data used by the sender of the request message to identify which
    request the response message is for when it's received. `correlationData` is an HTTP header
    value in the API.
    """

    messageExpiry: int | None = None
    """A user-defined integer value that represents the message expiry interval in seconds. If
    absent, the message doesn't expire. For more information about the limits of `messageExpiry`,
    see Amazon Web Services IoT Core message broker and protocol limits and quotas from the Amazon
    Web Services Reference Guide.
    """


class UpdateThingShadowRequest(Shape, kw_only=True):
    """The input for the UpdateThingShadow operation."""

    thingName: String1
    """The name of the thing."""

    shadowName: String1 | None = None
    """The name of the shadow."""

    payload: bytes
    """The state information, in JSON format."""


class UpdateThingShadowResponse(Shape, kw_only=True):
    """The output from the UpdateThingShadow operation."""

    payload: bytes | None = None
    """The state information, in JSON format."""
