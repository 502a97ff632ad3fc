"""A configuration is loaded whole, or everything that is wrong with it is told at once."""

import json
import os
import subprocess
import sys
import typing

import msgspec
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from edgemote import ConfigError, limits
from edgemote.agent.config import describe, keys, load, sections
from edgemote.agent.config.description import list_rows

DEVICE = '[device]\nname = "cam-7"\nfleet = "dock"\n'
ADDRESS = "https://abc.credentials.iot.us-west-2.amazonaws.com/role-aliases/boards/credentials"


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    """A folder with ca.pem, device.pem, device.key, both.pem and locked.key."""
    folder = tmp_path_factory.mktemp("identity")
    authority = trustme.CA()
    leaf = authority.issue_cert("cam-7")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaf.cert_chain_pems[0].write_to_path(folder / "device.pem")
    leaf.private_key_pem.write_to_path(folder / "device.key")
    leaf.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    (folder / "locked.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )
    for path in folder.iterdir():
        path.chmod(0o640)
    return folder


@pytest.fixture
def file(identity):
    return identity / "edgemote.toml"


@pytest.mark.parametrize("retired", [False, True], ids=["TOML", "JSON"])
def test_a_byte_order_mark_is_skipped(file, retired):
    document = {
        "sagemaker_edge_core_device_name": "cam-7",
        "sagemaker_edge_core_device_fleet_name": "dock",
        "sagemaker_edge_core_region": "us-west-2",
    }
    text = json.dumps(document) if retired else f'{DEVICE}region = "us-west-2"\n'
    outcomes = []
    for mark in (b"", b"\xef\xbb\xbf"):
        file.write_bytes(mark + text.encode())
        try:
            outcomes.append(load(str(file)).device)
        except ConfigError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]


def problems_of(file, text):
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(str(file))
    lines = str(caught.value).split("\n")
    assert all(line.startswith(f"{file}: ") for line in lines)
    return [line.removeprefix(f"{file}: ") for line in lines]


def config_of(file, text):
    file.write_text(text)
    return load(str(file))


# The table and the structs.

TYPES = {
    keys.NUMBER: float,
    keys.WHOLE: int,
    keys.FLAG: bool,
    keys.METRICS: tuple[str, ...],
    keys.COMMAND: tuple[str, ...],
}
# Without a default in the table, but always there: they follow another key.
FOLLOWING = {("folders", "models"), ("heartbeat", "disk_path")}


def test_the_structs_have_the_keys_of_the_table_with_their_types():
    structs = typing.get_type_hints(sections.Config)
    del structs["warnings"]
    fields = {
        (section, name): kind
        for section, struct in structs.items()
        for name, kind in typing.get_type_hints(struct).items()
    }
    expected = {}
    for section, key in keys.list_keys():
        kind = TYPES.get(key.kind, str)
        always = key.required or key.default is not None or (section, key.name) in FOLLOWING
        expected[section, key.name] = kind if always else kind | None
    assert fields == expected


def test_defaults_and_examples_fit_their_own_table(file):
    config = config_of(file, DEVICE)
    assert config.device == sections.Device("cam-7", "dock", None, None, None)
    assert config.heartbeat == sections.Heartbeat(300.0, 0.1, None, "/var/lib/edgemote")
    assert config.folders.models == "/var/lib/edgemote/models"
    assert msgspec.to_builtins(config) == msgspec.to_builtins(
        msgspec.convert(msgspec.to_builtins(config), sections.Config)
    )


# --print-config.


def test_what_is_printed_loads_again_once_the_required_keys_are_filled_in(file):
    filled = describe().replace('name = ""', 'name = "cam-7"').replace('t = ""', 't = "dock"')
    filled = filled.replace('fleet = ""', 'fleet = "dock"')
    assert config_of(file, filled) == config_of(file, DEVICE)


def test_what_is_printed_loads_with_every_default_uncommented(file):
    lines = describe().replace('name = ""', 'name = "cam-7"').splitlines()
    defaults = {key.name for _, key in keys.list_keys() if key.default is not None}
    text = "\n".join(
        line.removeprefix("# ") if line[2:].partition(" = ")[0] in defaults else line
        for line in lines
    ).replace('fleet = ""', 'fleet = "dock"')
    assert text.count("\n# ") < describe().count("\n# ") - 15
    assert config_of(file, text) == config_of(file, DEVICE)


def test_the_examples_that_are_printed_fit(file, identity, tmp_path):
    program = tmp_path / "load"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    lines = []
    for section, key in keys.list_keys():
        if not key.required and (section, key.name) != ("credentials", "profile"):
            lines.append((section, key))
    text = describe().replace('name = ""', 'name = "cam-7"').replace('fleet = ""', 'fleet = "dock"')
    for section, key in lines:
        text = text.replace(f"# {key.name} = ", f"{key.name} = ")
        del section
    text = (
        text.replace("/etc/edgemote/device.pem", "device.pem")
        .replace("/etc/edgemote/device.key", "device.key")
        .replace("/etc/edgemote/AmazonRootCA1.pem", "ca.pem")
        .replace("/usr/local/bin/load-model", str(program))
        .replace("/usr/local/bin/unload-model", str(program))
    )
    config = config_of(file, text)
    assert config.credentials.iot_role_alias == "SageMakerEdge-dock"
    assert config.deployments.undeploy_command == (str(program), "{handle}")
    assert config.heartbeat.metrics


def test_every_key_is_described():
    assert [row[0] for row in list_rows()] == [
        f"{section}.{key.name}" for section, key in keys.list_keys()
    ]
    for _, key in keys.list_keys():
        assert key.meaning.endswith(".")
        assert f"\n# {key.meaning.split()[0]}" in describe()


# What is given.


def test_values_arrive_where_they_belong(file, identity):
    config = config_of(
        file,
        f"""{DEVICE}
        region = "eu-west-1"
        ca_file = "ca.pem"
        [credentials]
        iot_endpoint = "{ADDRESS}"
        cert_file = "device.pem"
        key_file = "{identity}/device.key"
        [heartbeat]
        period_s = 20.5
        jitter = 0
        metrics = []
        [link]
        day_limit_bytes = 5_000_000
        [deployments]
        enabled = false
        [log]
        level = "debug"
        """,
    )
    assert config.device.region == "eu-west-1"
    assert config.credentials == sections.Credentials(
        profile=None,
        iot_endpoint=ADDRESS,
        iot_role_alias=None,
        iot_thing_name=None,
        cert_file=f"{identity}/device.pem",
        key_file=f"{identity}/device.key",
        iot_ca_file=f"{identity}/ca.pem",
    )
    assert (config.heartbeat.period_s, config.heartbeat.jitter) == (20.5, 0.0)
    assert config.heartbeat.metrics == ()
    assert config.link.day_limit_bytes == 5_000_000
    assert not config.deployments.enabled
    assert config.log.level == "debug"
    assert config.warnings == ()


def test_the_key_may_be_in_the_certificate_file(file):
    text = f'{DEVICE}[credentials]\niot_endpoint = "{ADDRESS}"\ncert_file = "both.pem"\n'
    assert config_of(file, text).credentials.key_file is None


@pytest.mark.parametrize("name", ["device.key", "both.pem"])
def test_a_key_that_every_user_may_read_is_a_warning(file, identity, name):
    text = f'{DEVICE}[credentials]\niot_endpoint = "{ADDRESS}"\n'
    if name == "both.pem":
        text += 'cert_file = "both.pem"\n'
        key = "cert_file"
    else:
        text += 'cert_file = "device.pem"\nkey_file = "device.key"\n'
        key = "key_file"
    (identity / name).chmod(0o644)
    try:
        assert config_of(file, text).warnings == (
            f"{file}: credentials.{key}: every user may read the key; chmod o= mends it",
        )
    finally:
        (identity / name).chmod(0o640)


# What is wrong, all at once.


def test_all_problems_are_told_at_once(file):
    assert problems_of(
        file,
        """[device]
        nmae = "cam-7"
        fleet = "dock-"
        region = 3
        endpoint_url = "https://user:password@host"
        period_s = 5
        colour = "red"
        [credentials]
        iot_endpoint = "abc.credentials.iot.us-west-2.amazonaws.com"
        cert_file = "absent.pem"
        [hartbeat]
        [heartbeat]
        period_s = "often"
        jitter = 0.75
        metrics = "all"
        [link]
        day_limit_bytes = 10
        read_timeout_s = true
        [log]
        level = "loud"
        """,
    ) == [
        "device.nmae: unknown key; do you mean device.name?",
        "device.period_s: unknown key; do you mean heartbeat.period_s?",
        "device.colour: unknown key",
        "[hartbeat]: unknown section; do you mean heartbeat?",
        "device.name: required, but missing",
        "device.fleet: expected letters, digits, - and _ with a letter or digit at both ends, "
        "got a text that does not fit",
        "device.region: expected a region such as us-west-2, got int",
        "device.endpoint_url: expected a URL such as https://host:8443/path without user name and "
        "query, got a text that does not fit",
        "credentials.cert_file: expected a file that can be read, got none",
        "heartbeat.period_s: expected a number (seconds), 1 to 86,400, got str",
        "heartbeat.jitter: expected a number (share of the period), 0 to 0.5, got 0.75",
        "heartbeat.metrics: expected a list of names of sensors, got str",
        "link.day_limit_bytes: expected a whole number (bytes), 0 (no limit) or 100,000 to "
        "1,099,511,627,776, got 10",
        "link.read_timeout_s: expected a number (seconds), 1 to 900, got bool",
        "log.level: expected one of error, warning, info, debug, got a text that does not fit",
        "credentials.iot_role_alias: expected, for iot_endpoint is a host, but it is missing",
    ]


def test_lines_that_cannot_be_read_are_told_with_the_rest_and_nothing_is_missing(file):
    assert problems_of(file, '[device]\nname = cam-7\nfleet = "a b"\n[log]\nlevel = 7\n') == [
        "line 2: expected a text in quotes, a number, true, false or [ a list of them ]",
        "device.fleet: expected letters, digits, - and _ with a letter or digit at both ends, "
        "got a text that does not fit",
        "log.level: expected one of error, warning, info, debug, got int",
    ]


CONTRADICTIONS = {
    '[credentials]\nprofile = "a"\ncert_file = "device.pem"': [
        "credentials.profile: expected either a profile or cert_file, got both"
    ],
    '[credentials]\niot_thing_name = "cam-7"': [
        "credentials.iot_endpoint: expected beside iot_thing_name, but it is missing",
        "credentials.cert_file: expected beside iot_thing_name, but it is missing",
    ],
    f'[credentials]\niot_endpoint = "{ADDRESS}"\ncert_file = "device.pem"': [
        "credentials.key_file: expected, for cert_file has no private key"
    ],
    f'[credentials]\niot_endpoint = "{ADDRESS}"\niot_role_alias = "a"\ncert_file = "both.pem"': [
        "credentials.iot_role_alias: expected the alias that iot_endpoint has"
    ],
    "[registration]\npause_s = 100\npause_limit_s = 50": [
        "registration.pause_s: expected at most pause_limit_s, which is 50.0"
    ],
    '[folders]\nstate = "here"\nmodels = "./here/"': [
        "folders.models: expected another folder than folders.state"
    ],
}


@pytest.mark.parametrize("text", CONTRADICTIONS)
def test_keys_that_contradict_each_other_are_told(file, text):
    assert problems_of(file, DEVICE + text) == CONTRADICTIONS[text]


WORDS = 'a list of words such as ["/usr/bin/program", "{handle}", "{path}"]'
PROVIDER = "a host, or its address https://HOST/role-aliases/ALIAS/credentials"
UNUSABLE = [  # key, its value, what is expected instead of what
    ("device.ca_file", "'.'", "a file that can be read", "something else"),
    ("device.ca_file", "'device.key'", "a PEM file with a certificate", "a file without one"),
    ("device.ca_file", f"'/{'a' * 5_039}'", "a path of at most 4095 characters", "5040"),
    ("device.ca_file", f"'{'a' * 300}'", "a file that can be read", "none"),
    ("device.ca_file", '"a\\u0000b"', "a path without control characters", "some"),
    ("device.ca_file", "''", "a path", "an empty text"),
    ("credentials.key_file", "'ca.pem'", "a PEM file with a private key", "a file without one"),
    (
        "credentials.key_file",
        "'locked.key'",
        "a private key without a password",
        "an encrypted one",
    ),
    ("credentials.iot_endpoint", "'http://host/role-aliases/a/credentials'", PROVIDER, None),
    ("credentials.iot_endpoint", "'host/role-aliases/'", PROVIDER, None),
    ("credentials.iot_endpoint", "'ho st'", PROVIDER, None),
    ("credentials.iot_thing_name", "'a/b'", "letters, digits and - _ :", None),
    ("credentials.iot_role_alias", "'a/b'", "letters, digits and - _ = , @", None),
    ("folders.state", "'ca.pem'", "a folder", "something else of this name"),
    ("heartbeat.metrics", "[1]", "a list of names of sensors", "int"),
    ("deployments.enabled", "1", "true or false", "int"),
    ("deployments.deploy_command", "[]", WORDS, "an empty list"),
    ("deployments.deploy_command", "'/bin/true'", WORDS, "str"),
    ("deployments.deploy_command", "['/bin/true', 1]", WORDS, "int in it"),
    ("deployments.deploy_command", "['true']", "the program's absolute path as first word", None),
    (
        "deployments.deploy_command",
        "['/nowhere']",
        "a program that can be run",
        "none under this path",
    ),
    (
        "deployments.deploy_command",
        "['/bin/sh', '{name}']",
        "{handle} and {path} as the only braces",
        "others",
    ),
]


@pytest.mark.parametrize(("name", "value", "expected", "got"), UNUSABLE)
def test_what_cannot_be_used_is_told(file, name, value, expected, got):
    section, _, key = name.partition(".")
    header = "" if section == "device" else f"[{section}]\n"
    problem = f"{name}: expected {expected}, got {got or 'a text that does not fit'}"
    assert problem in problems_of(file, f"{DEVICE}{header}{key} = {value}\n")


def test_a_file_that_is_too_large_to_be_one_of_certificates_is_not_read(file, tmp_path):
    large = tmp_path / "large.pem"
    with large.open("wb") as zeros:
        zeros.truncate(limits.PEM_BYTES + 1)
    assert problems_of(file, f'{DEVICE}ca_file = "{large}"') == [
        f"device.ca_file: expected a file of at most {limits.PEM_BYTES} bytes, got a larger one"
    ]


def test_a_named_pipe_does_not_hold_the_agent(file, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert problems_of(file, f'{DEVICE}ca_file = "{tmp_path}/pipe"') == [
        "device.ca_file: expected a file that can be read, got something else"
    ]


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read: No such file"):
        load(str(tmp_path / "absent.toml"))
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(str(tmp_path))


def test_a_file_that_is_too_large_is_told(file):
    assert problems_of(file, "#" * (limits.CONFIG_BYTES + 1)) == [
        f"expected at most {limits.CONFIG_BYTES} bytes, got more"
    ]


def test_other_bytes_than_utf8_are_told_with_their_line(tmp_path):
    file = tmp_path / "edgemote.toml"
    file.write_bytes(DEVICE.encode() + b"region = '\xff'")
    with pytest.raises(ConfigError, match="line 4: expected UTF-8, got other bytes"):
        load(str(file))


def test_problems_are_counted_where_there_are_many(file):
    lines = problems_of(file, DEVICE + "".join(f"a{i} = 1\n" for i in range(1_000)))
    assert len(lines) == limits.CONFIG_PROBLEMS + 1
    assert lines[-1] == f"and {1_000 - limits.CONFIG_PROBLEMS} more"


def test_a_name_is_shown_on_one_line_and_cut(file):
    lines = problems_of(file, DEVICE + '"a\\nb" = 1\n"' + "c" * 500 + '" = 1\n')
    assert lines == [
        "device.a\\nb: unknown key",
        f"device.{'c' * 57}...: unknown key",
    ]


@given(st.binary(max_size=200), st.sampled_from([b"", b"[device]\n", b"{"]))
def test_any_bytes_are_loaded_or_refused(tmp_path_factory, data, start):
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(start + data)
    with pytest.raises(ConfigError, match=r"any\.toml"):
        load(str(file))


values = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10).map(
        lambda text: json.dumps(text, ensure_ascii=False)
    ),
    st.integers(-(2**63), 2**63 - 1).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["true", "[]", "[1, 'a']", "['']"]),
)


@given(st.sampled_from(list(keys.list_keys())), values)
def test_any_value_is_taken_as_its_type_or_refused_in_its_section(tmp_path_factory, place, value):
    section, key = place
    file = tmp_path_factory.getbasetemp() / "value.toml"
    text = DEVICE.replace(f"\n{key.name} = ", "\n# ") if section == "device" else DEVICE
    header = "" if section == "device" else f"[{section}]\n"
    file.write_text(f"{text}{header}{key.name} = {value}\n")
    problem = ""
    try:
        config = load(str(file))
    except ConfigError as error:
        problem = str(error)
    else:
        msgspec.convert(msgspec.to_builtins(config), sections.Config, strict=True)
    # A good value may still miss those that it needs beside it, which are in the same section.
    lines = problem.splitlines()
    assert all(line.startswith(f"{file}: {section}.") for line in lines)


def modules_after(code):
    """Names of the modules that the code loads beside msgspec and leaves loaded."""
    script = (
        "import sys, msgspec\nbefore = set(sys.modules)\n"
        f"{code}\nprint(*sorted(set(sys.modules) - before))"
    )
    return set(
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout.split()
    )


def test_loading_needs_no_large_module_and_leaves_the_structs_alone(file):
    file.write_text(DEVICE)
    loaded = modules_after(f"from edgemote.agent.config import load\nload({str(file)!r})")
    assert {name for name in loaded if not name.startswith("edgemote")} <= {"__future__"}
    ours = {name for name in loaded if name.startswith("edgemote.agent.config")}
    assert ours == {"edgemote.agent.config", "edgemote.agent.config.sections"}


def test_what_was_unloaded_loads_again(file):
    config = config_of(file, DEVICE)
    assert config_of(file, DEVICE) == config
    assert isinstance(config, sections.Config)
    assert problems_of(file, "[device]") == problems_of(file, "[device]")
