"""Settings that cannot be used are named before anything is sent."""

from __future__ import annotations

import pytest

import edgemote
import edgemote.client.pipeline
from aws.sagemaker_edge import (
    SagemakerEdgeManager,
)
from edgemote import (
    ConfigError,
    CredentialsError,
    EndpointError,
)
from edgemote.credentials.token_file import read_token
from runtime.client.device_calls import (
    BEAT,
    assert_hidden,
    connect,
)

GIVEN = {
    "region": "us-west-2",
    "credentials": edgemote.Credentials("AKID", "secret"),
    "endpoint_url": "https://localhost:1",
}
WRONG_SETTINGS = [
    (
        {"region": None},
        ConfigError,
        "no region: pass region=, set AWS_REGION, or write region into ~/.aws/config",
    ),
    (
        {"region": "us west"},
        ConfigError,
        "argument region: expected a region such as us-west-2, got str",
    ),
    ({"region": 5}, ConfigError, "argument region: expected a string, got int"),
    ({"region": ""}, ConfigError, "argument region: expected a string, got an empty str"),
    (
        {"endpoint_url": "localhost:8443"},
        ConfigError,
        "argument endpoint_url: expected a URL such as https://host:8443/path without user name "
        "and query, got str",
    ),
    (
        {"endpoint_url": "https://me:secret@host"},
        ConfigError,
        "argument endpoint_url: expected a URL such as https://host:8443/path without user name "
        "and query, got str",
    ),
    ({"endpoint_url": 5}, ConfigError, "argument endpoint_url: expected a string, got int"),
    (
        {"retries": -1},
        ConfigError,
        "argument retries: expected a whole number of 0 or more, got int -1",
    ),
    (
        {"retries": "2"},
        ConfigError,
        "argument retries: expected a whole number of 0 or more, got str '2'",
    ),
    (
        {"retries": True},
        ConfigError,
        "argument retries: expected a whole number of 0 or more, got bool True",
    ),
    ({"ca_file": b"x"}, ConfigError, "argument ca_file: expected a string, got bytes"),
    ({"use_fips": "yes"}, ConfigError, "argument use_fips: expected true or false, got str"),
    (
        {"use_dual_stack": 1},
        ConfigError,
        "argument use_dual_stack: expected true or false, got int",
    ),
    (
        {"credentials": ("AKID", "secret")},
        ConfigError,
        "argument credentials: expected edgemote.Credentials or an object with get(now_s), "
        "got tuple",
    ),
    (
        {"credentials": {"access_key_id": "AKID"}},
        ConfigError,
        "argument credentials: expected edgemote.Credentials or an object with get(now_s), "
        "got dict",
    ),
    (
        {"profile": 5},
        ConfigError,
        "argument profile: expected the name of a profile, got int",
    ),
    (
        {"timeout_s": None},
        ConfigError,
        "argument timeout_s: expected a number of seconds above 0 and up to 86400, got None",
    ),
    (
        {"timeout_s": 0},
        ConfigError,
        "argument timeout_s: expected a number of seconds above 0 and up to 86400, got 0",
    ),
    (
        {"timeout_s": float("nan")},
        ConfigError,
        "argument timeout_s: expected a number of seconds above 0 and up to 86400, got nan",
    ),
    (
        {"connect_timeout_s": -1.5},
        ConfigError,
        "argument connect_timeout_s: expected a number of seconds above 0 and up to "
        "86400, got -1.5",
    ),
    (
        {"connect_timeout_s": True},
        ConfigError,
        "argument connect_timeout_s: expected a number of seconds above 0 and up to "
        "86400, got True",
    ),
    (
        {"kept_idle_s": 0},
        ConfigError,
        "argument kept_idle_s: expected a number of seconds above 0 and up to 86400, got 0",
    ),
    ({"path_style": "true"}, ConfigError, "argument path_style: expected True or False, got str"),
    (
        {"cert_file": 5},
        ConfigError,
        "argument cert_file: expected the path of a PEM file, got int",
    ),
    (
        {"key_file": ""},
        ConfigError,
        "argument key_file: expected the path of a PEM file, got an empty str",
    ),
    (
        {"clock": edgemote.Clock},
        ConfigError,
        "argument clock: expected an edgemote.Clock, got type",
    ),
    ({"clock": 0}, ConfigError, "argument clock: expected an edgemote.Clock, got int"),
    (
        {"meter": 1},
        ConfigError,
        "argument meter: expected an object that counts traffic, got int",
    ),
    (
        {"deadline": 5.0},
        ConfigError,
        "argument deadline: expected an edgemote.http.Deadline, got float",
    ),
    (
        {"connect_timeout_s": "5"},
        ConfigError,
        "argument connect_timeout_s: expected a number of seconds above 0 and up to 86400, got '5'",
    ),
]


@pytest.mark.parametrize(("changes", "kind", "text"), WRONG_SETTINGS)
def test_wrong_settings_name_themselves(changes, kind, text):
    with pytest.raises(kind) as caught:
        edgemote.connect(SagemakerEdgeManager, **{**GIVEN, **changes})
    assert str(caught.value) == text
    assert_hidden(["me:secret"], caught.value)


@pytest.mark.parametrize("service", ["sagemaker-edge", None, object, SagemakerEdgeManager.service])
def test_something_else_than_a_client_class(service):
    with pytest.raises(ConfigError, match=r"^argument service: expected a generated class"):
        edgemote.connect(service, **GIVEN)


WRONG_VARIABLES = [
    ("AWS_REGION", "us west", "AWS_REGION: expected a region such as us-west-2, got str"),
    (
        "AWS_MAX_ATTEMPTS",
        "0",
        "AWS_MAX_ATTEMPTS: expected a whole number of 1 or more, got str",
    ),
    (
        "AWS_USE_FIPS_ENDPOINT",
        "maybe",
        "AWS_USE_FIPS_ENDPOINT: expected true or false, got str",
    ),
    ("AWS_PROFILE", "nobody", "profile 'nobody' is neither in "),
    (
        "AWS_ENDPOINT_URL",
        "ftp://x",
        "AWS_ENDPOINT_URL: expected a URL such as https://host:8443/path without user name and "
        "query, got str",
    ),
    ("HTTPS_PROXY", "socks5://x", "HTTPS_PROXY: only plain HTTP to the proxy is supported"),
]


@pytest.mark.parametrize(("name", "value", "text"), WRONG_VARIABLES)
def test_wrong_variables_name_themselves(monkeypatch, sleeps, name, value, text):
    monkeypatch.setenv(name, value)
    keys = edgemote.Credentials("AKID", "secret")
    options = {} if name == "AWS_REGION" else {"region": "us-west-2"}
    with pytest.raises(ConfigError) as caught:
        edgemote.connect(SagemakerEdgeManager, credentials=keys, **options).send_heartbeat(**BEAT)
    assert str(caught.value).startswith(text)


def test_files_that_cannot_be_used(endpoint, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for path, text in (
        (tmp_path / "absent.pem", f"cannot read CA file {tmp_path}/absent.pem: No such file"),
        (empty, f"CA file {empty} holds no "),
    ):
        with connect(endpoint, ca_file=str(path)) as edge, pytest.raises(ConfigError) as caught:
            edge.send_heartbeat(**BEAT)
        assert str(caught.value).startswith(text)


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_names_that_no_file_can_have(endpoint, name):
    for argument in ("ca_file", "cert_file"):
        with (
            connect(endpoint, **{argument: name}) as edge,
            pytest.raises(ConfigError, match=r"^cannot read "),
        ):
            edge.send_heartbeat(**BEAT)
    with pytest.raises(CredentialsError, match=r"^the token file .* cannot be read: "):
        read_token("the token file", name)


def test_no_credentials_anywhere(monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(CredentialsError, match=r"^no credentials found; environment: set AWS_ACC"):
        edgemote.connect(SagemakerEdgeManager, region="us-west-2")


def test_a_region_and_options_without_an_endpoint():
    edge = edgemote.connect(SagemakerEdgeManager, **{**GIVEN, "use_fips": True})
    with pytest.raises(EndpointError, match="FIPS and custom endpoint are not supported"):
        edge.send_heartbeat(**BEAT)
