"""The retired SageMaker Edge Manager agent's configuration works as it is."""

import json
import sys

import botocore.session
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from edgemote import ConfigError
from edgemote.agent.config import load, schema
from edgemote.agent.config.retired import FLEET_ALIAS, KEYS, PREFIX
from edgemote.agent.config.schema import list_keys

HOST = "abc.credentials.iot.us-west-2.amazonaws.com"
ADDRESS = f"https://{HOST}/role-aliases/boards/credentials"
# Every key that it knew; one of them by the two names that its documentation has.
ALL_KEYS = {
    "core_device_name": "cam-7",
    "core_device_fleet_name": "dock",
    "core_region": "us-west-2",
    "core_root_certs_path": "roots",
    "core_folder_prefix": "captured",
    "core_iot_thing_name": "thing-7",
    "core_endpoint_override": "https://edge.example.com",
    "core_capture_data_buffer_size": 30,
    "core_capture_data_batch_size": 10,
    "core_capture_data_push_period_seconds": 4,
    "core_capture_data_base64_embed_limit": 3072,
    "core_capture_data_destination": "Cloud",
    "core_capture_data_disk_path": "/data/captured",
    "provider_provider": "Aws",
    "provider_provider_path": "/usr/lib/libprovider_aws.so",
    "provider_s3_bucket_name": "bucket",
    "provider_aws_ca_cert_file": "ca.pem",
    "provider_aws_cert_file": "device.pem",
    "provider_aws_cert_pk_file": "device.key",
    "provider_aws_iot_cred_endpoint": ADDRESS,
    "log_verbose": True,
    "telemetry_libsystemd_path": "/usr/lib/libsystemd.so",
    "deployment_lib_path": "/usr/lib/libdeployment.so",
    "model_deployment_poll_interval": 1440,
    "local_data_root_path": "/data/edge",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("retired")
    authority = trustme.CA()
    leaf = authority.issue_cert("cam-7")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaf.cert_chain_pems[0].write_to_path(folder / "device.pem")
    leaf.private_key_pem.write_to_path(folder / "device.key")
    (folder / "device.key").chmod(0o600)
    (folder / "roots").mkdir()
    return folder


def load_retired(folder, keys):
    file = folder / "agent.json"
    file.write_text(json.dumps({PREFIX + name: value for name, value in keys.items()}, indent=4))
    return load(str(file))


def test_it_needs_no_regular_expressions(folder, monkeypatch):
    """Newer Pythons load re for TOML alone."""
    monkeypatch.delitem(sys.modules, "re")
    required = ("core_device_name", "core_device_fleet_name", "core_region")
    config = load_retired(folder, {name: ALL_KEYS[name] for name in required})
    assert config.device.name == "cam-7"


def warnings_of(folder, config):
    start = f"{folder}/agent.json: {PREFIX}"
    assert all(warning.startswith(start) for warning in config.warnings)
    return {warning.removeprefix(start).partition(":")[0] for warning in config.warnings}


def problems_of(folder, keys):
    with pytest.raises(ConfigError) as caught:
        load_retired(folder, keys)
    return [
        line.removeprefix(f"{folder}/agent.json: {PREFIX}")
        for line in str(caught.value).split("\n")
    ]


def test_all_its_keys_have_a_meaning_here(folder):
    config = load_retired(folder, ALL_KEYS)
    assert config.device.name == "cam-7"
    assert config.device.fleet == "dock"
    assert config.device.region == "us-west-2"
    assert config.device.endpoint_url == "https://edge.example.com"
    assert config.device.ca_file == config.credentials.iot_ca_file == f"{folder}/ca.pem"
    assert config.credentials.iot_endpoint == ADDRESS
    assert config.credentials.iot_role_alias is None
    assert config.credentials.iot_thing_name == "thing-7"
    assert config.credentials.cert_file == f"{folder}/device.pem"
    assert config.credentials.key_file == f"{folder}/device.key"
    assert config.folders.state == config.heartbeat.disk_path == "/data/edge"
    assert config.folders.models == "/data/edge/models"
    assert config.deployments.poll_s == 86_400
    assert config.log.level == "debug"
    assert config.capture == schema.Capture(
        bucket="bucket",
        prefix="captured",
        disk_path="/data/captured",
        limit_samples=30,
        batch=10,
        period_s=4,
        embed_limit_bytes=3072,
    )
    assert warnings_of(folder, config) == {
        "core_root_certs_path",
        "provider_provider_path",
        "telemetry_libsystemd_path",
        "deployment_lib_path",
    }


def test_authorities_of_models_are_told_what_checks_signatures_here(folder):
    [told] = [
        line for line in load_retired(folder, ALL_KEYS).warnings if "core_root_certs_path" in line
    ]
    assert told.endswith(
        "ignored, signatures of models are checked only with deployments.signers of edgemote.toml"
    )


def test_each_key_of_the_table_is_known_and_leads_to_one_of_ours():
    assert set(KEYS) == {*ALL_KEYS, "core_capture_data_push_period"}
    reasons = {key for key in KEYS.values() if " " in key}
    assert set(KEYS.values()) - reasons <= {key for key, _, _ in list_keys()}


REQUIRED = {"core_device_name": "cam-7", "core_device_fleet_name": "dock"}


def test_samples_go_to_a_disk_where_that_is_said(folder):
    keys = {"core_capture_data_destination": "Disk", "core_capture_data_disk_path": "card"}
    capture = load_retired(folder, {**REQUIRED, **keys}).capture
    assert (capture.destination, capture.disk_path) == ("disk", f"{folder}/card")


@pytest.mark.parametrize(
    ("keys", "lacks"),
    [
        ({"core_capture_data_destination": "Cloud"}, "provider_s3_bucket_name"),
        ({"core_folder_prefix": "a", "core_capture_data_batch_size": 2}, "provider_s3_bucket_name"),
        (
            {"core_capture_data_destination": "Disk", "provider_s3_bucket_name": "bucket"},
            "core_capture_data_disk_path",
        ),
    ],
)
def test_captures_without_a_place_are_a_warning(folder, keys, lacks):
    config = load_retired(folder, {**REQUIRED, **keys})
    assert config.capture == schema.Capture()
    assert warnings_of(folder, config) == set(keys)
    assert all(line.endswith(f"not captured without {PREFIX}{lacks}") for line in config.warnings)


def test_numbers_of_captures_beyond_our_bounds_are_fitted(folder):
    numbers = {"buffer_size": 100_000, "batch_size": 0, "base64_embed_limit": 1 << 40}
    keys = {f"core_capture_data_{name}": number for name, number in numbers.items()}
    config = load_retired(folder, {**REQUIRED, "provider_s3_bucket_name": "bucket", **keys})
    capture = config.capture
    assert (capture.limit_samples, capture.batch) == (10_000, 1)
    assert capture.embed_limit_bytes == 1_048_576
    assert warnings_of(folder, config) == set(keys)
    assert any(line.endswith("buffer_size: 100000 counts as 10000") for line in config.warnings)


@pytest.mark.parametrize("prefix", ["a/b", "/a/b/", "a/b/"])
def test_a_folder_prefix_may_have_slashes_around_it(folder, prefix):
    keys = {**REQUIRED, "provider_s3_bucket_name": "bucket", "core_folder_prefix": prefix}
    assert load_retired(folder, keys).capture.prefix == "a/b"


def test_captures_that_cannot_be_are_told_by_their_own_names(folder):
    assert problems_of(
        folder,
        {
            **REQUIRED,
            "provider_s3_bucket_name": "a bucket",
            "core_folder_prefix": "../other",
            "core_capture_data_destination": "Moon",
            "core_capture_data_push_period": "often",
        },
    ) == [
        "core_capture_data_destination: expected one of Cloud, Disk, got 'Moon'",
        "provider_s3_bucket_name: expected 3 to 255 letters, digits and - . _, got 'a bucket'",
        "core_folder_prefix: expected up to 512 letters, digits and - . _ = / without empty or dot "
        "segments, got '../other'",
        "core_capture_data_push_period: expected a number (seconds), 1 to 604,800, got 'often'",
    ]


def test_a_host_alone_gets_the_role_alias_of_its_fleet(folder):
    config = load_retired(folder, {**ALL_KEYS, "provider_aws_iot_cred_endpoint": HOST})
    assert config.credentials.iot_endpoint == HOST
    assert config.credentials.iot_role_alias == "SageMakerEdge-dock"


def test_the_role_alias_is_the_one_that_create_device_fleet_makes():
    model = botocore.session.get_session().get_service_model("sagemaker")
    member = model.operation_model("CreateDeviceFleet").input_shape.members["EnableIotRoleAlias"]
    assert FLEET_ALIAS.format(fleet="{DeviceFleetName}") in member.documentation


def test_an_endpoint_may_be_a_host_alone(folder):
    config = load_retired(folder, {**ALL_KEYS, "core_endpoint_override": "edge.example.com"})
    assert config.device.endpoint_url == "https://edge.example.com"


def test_root_certificates_in_a_file_are_trusted_where_no_other_is_given(folder):
    keys = {**ALL_KEYS, "core_root_certs_path": "ca.pem", "provider_aws_ca_cert_file": ""}
    config = load_retired(folder, keys)
    assert config.device.ca_file == f"{folder}/ca.pem"
    assert "core_root_certs_path" not in warnings_of(folder, config)
    keys["provider_aws_ca_cert_file"] = "device.pem"
    assert load_retired(folder, keys).device.ca_file == f"{folder}/device.pem"


def test_a_root_certificate_file_that_is_none_is_told_by_its_own_name(folder):
    keys = {**ALL_KEYS, "core_root_certs_path": "device.key", "provider_aws_ca_cert_file": ""}
    assert problems_of(folder, keys) == [
        "core_root_certs_path: expected a PEM file with a certificate, "
        f"got '{folder}/device.key': no certificate in it"
    ]


@pytest.mark.parametrize("provider", ["None", "Custom"])
def test_other_providers_leave_credentials_to_the_usual_sources(folder, provider):
    keys = {"core_device_name": "cam-7", "core_device_fleet_name": "dock"}
    config = load_retired(folder, {**keys, "provider_provider": provider})
    assert config.credentials.iot_endpoint is None
    assert warnings_of(folder, config) == ({"provider_provider"} if provider == "Custom" else set())


def test_an_empty_text_is_as_good_as_no_key(folder):
    keys = {"core_device_name": "cam-7", "core_device_fleet_name": "dock"}
    empty = dict.fromkeys(set(KEYS) - set(keys), "")
    assert load_retired(folder, {**keys, **empty}) == load_retired(folder, keys)


def test_an_unknown_key_is_a_warning(folder):
    file = folder / "agent.json"
    keys = {"core_device_name": "cam-7", "core_device_fleet_name": "dock", "core_colour": "red"}
    file.write_text(json.dumps({**{PREFIX + key: v for key, v in keys.items()}, "my\nkey": 1}))
    assert load(str(file)).warnings == (
        f"{file}: {PREFIX}core_colour: ignored, unknown key",
        f"{file}: my\\nkey: ignored, unknown key",
    )


def test_all_problems_are_told_at_once_by_the_names_that_the_file_has(folder):
    assert problems_of(
        folder,
        {
            "core_device_fleet_name": 7,
            "core_region": "moon base",
            "provider_provider": "Aws",
            "provider_aws_cert_pk_file": "absent.key",
            "log_verbose": "yes",
            "model_deployment_poll_interval": "often",
            "local_data_root_path": "ca.pem",
        },
    ) == [
        "log_verbose: expected true or false, got 'yes'",
        "model_deployment_poll_interval: expected a number (minutes), 1 to 43,200, got 'often'",
        f"provider_aws_iot_cred_endpoint: required when {PREFIX}provider_provider is Aws",
        f"provider_aws_cert_file: required when {PREFIX}provider_provider is Aws",
        "core_device_name: required, but missing",
        "core_device_fleet_name: expected 1 to 63 letters, digits, - and _ with a letter or digit "
        "at both ends, got 7",
        "core_region: expected a region such as us-west-2, got 'moon base'",
        "provider_aws_cert_pk_file: expected a PEM file with a private key that has no password, "
        f"got '{folder}/absent.key': No such file or directory",
        "local_data_root_path: expected a folder, or a path where one can be created, "
        f"got '{folder}/ca.pem': not a folder",
    ]


@pytest.mark.parametrize("provider", [7, "aws"])
def test_a_provider_that_it_did_not_have_is_told(folder, provider):
    assert problems_of(folder, {**ALL_KEYS, "provider_provider": provider}) == [
        f"provider_provider: expected one of Aws, None, Custom, got {provider!r}"
    ]


@pytest.mark.parametrize(
    "minutes",
    [10**4_000, 1e308, -1, 0.5, 43_201, True, "5"],
    ids=lambda minutes: str(minutes)[:9] if minutes != 10**4_000 else "endless",
)
def test_a_poll_interval_out_of_range_is_told(folder, minutes):
    keys = {**ALL_KEYS, "model_deployment_poll_interval": minutes}
    assert "expected a number (minutes), 1 to 43,200, got" in problems_of(folder, keys)[0]


@pytest.mark.parametrize(
    "text",
    ["{", '{"a": }', "{]", "{" * 50_000, '{"a":' * 5_000 + "1" + "}" * 5_000, '{"a":"\\ud800"}'],
)
def test_what_is_no_json_is_told(folder, text):
    (folder / "agent.json").write_text(text)
    # How deep is too deep differs between Pythons; what is read then lacks the required keys.
    words = r"agent\.json: (JSON: |sagemaker_edge_core_device)"
    with pytest.raises(ConfigError, match=words):
        load(str(folder / "agent.json"))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=4
)


@given(st.dictionaries(st.sampled_from(sorted(ALL_KEYS)), values, max_size=6))
def test_any_value_is_accepted_or_refused_by_its_name(folder, keys):
    problems = []
    try:
        load_retired(folder, keys)
    except ConfigError as error:
        problems = str(error).split("\n")
    start = f"{folder}/agent.json: "
    assert all(line.startswith((start + PREFIX, start + "JSON")) for line in problems)


def test_an_endpoint_without_a_fleet_is_named_by_its_own_key(folder):
    """The alias that it lacks is named after the fleet."""
    problems = problems_of(folder, {"provider_aws_iot_cred_endpoint": "host.example"})
    assert any(line.startswith("provider_aws_iot_cred_endpoint: ") for line in problems)
    assert not any("credentials.iot_role_alias: " in line for line in problems)
