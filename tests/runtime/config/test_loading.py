"""A configuration is loaded whole, or everything that is wrong with it is told at once."""

import json
import os
import subprocess
import sys

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

from edgemote import ConfigError
from edgemote.agent import limits
from edgemote.agent.config import load, schema
from runtime.deployments.signing import make_key, write_public

DEVICE = '[device]\nname = "cam-7"\nfleet = "dock"\n'
ADDRESS = "https://abc.credentials.iot.us-west-2.amazonaws.com/role-aliases/boards/credentials"


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    """A folder with ca.pem, device.pem, device.key, both.pem, dsa.pem and others."""
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
    (folder / "dsa.pem").write_bytes(write_public(make_key("DSA")))
    (folder / "locked.pem").write_bytes(
        (folder / "device.pem").read_bytes() + (folder / "locked.key").read_bytes()
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
    assert config.credentials == schema.Credentials(
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
            f"{file}: credentials.{key}: every user may read the key; chmod o= fixes it",
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
        "device.nmae: unknown key; did you mean device.name?",
        "device.period_s: unknown key; did you mean heartbeat.period_s?",
        "device.colour: unknown key",
        "[hartbeat]: unknown section; did you mean heartbeat?",
        "device.name: required, but missing",
        "device.fleet: expected 1 to 63 letters, digits, - and _ with a letter or digit at both "
        "ends, got 'dock-'",
        "device.region: expected a region such as us-west-2, got 3",
        "device.endpoint_url: expected a URL such as https://host:8443/path without user name and "
        "query, got a string that may contain a secret",
        "credentials.cert_file: expected a PEM file with a certificate, "
        f"got '{file.parent}/absent.pem': No such file or directory",
        "heartbeat.period_s: expected a number (seconds), 1 to 86,400, got 'often'",
        "heartbeat.jitter: expected a number (share of the period), 0 to 0.5, got 0.75",
        "heartbeat.metrics: expected a list of names of sensors, got 'all'",
        "link.day_limit_bytes: expected a whole number (bytes), 0 (no limit) or 100,000 to "
        "1,099,511,627,776, got 10",
        "link.read_timeout_s: expected a number (seconds), 1 to 900, got true",
        "log.level: expected one of error, warning, info, debug, got 'loud'",
        "credentials.iot_role_alias: required when iot_endpoint is a host alone",
    ]


UNREADABLE = {  # what is no TOML, and where
    "[device]\nname = cam-7\n": ("line 2, column 8", "Invalid value"),
    "[device]\n[device]\n": ("line 2, column 8", "Cannot declare"),
    "[device]\nname = 'a'\nname = 'b'\n": ("line 3, column 11", "Cannot overwrite a value"),
    "[device\n": ("line 1, column 8", "Expected ']'"),
    "[device]\nname = 'a": ("line 2, column 10", "Expected"),
    "[device]\nname =": ("line 2, column 7", "Invalid value"),
    '[device]\nname = """a\n': ("line 3, column 1", "Unterminated string"),
    "[device]\nname": ("line 2, column 5", "Expected '='"),
    "[device]\nname = 'cam-7' # \0": ("line 2, column 18", "Found invalid character"),
}


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_toml_is_told_with_line_and_column(file, text):
    place, problem = UNREADABLE[text]
    (line,) = problems_of(file, text)
    assert line.startswith(f"{place}: {problem}")


@pytest.mark.parametrize("value", ["[" * 60_000, "9" * 60_000, "{a=" * 15_000])
def test_depth_and_length_are_refused(file, value):
    lines = problems_of(file, f"{DEVICE}region = {value}\n")
    assert len(lines) == 1
    assert len(lines[0]) < 300


def test_a_long_name_is_cut(file):
    (line,) = problems_of(file, f"[{'a' * 20_000}]\n" * 2)
    assert line.startswith("line 2, column 20002: Cannot declare ('aaa")
    assert len(line) < 300


def test_whole_toml_is_read(file):
    config = config_of(
        file,
        """device = {name = 'cam-7', fleet = "dock"}
        heartbeat.period_s = 0x1F
        "link".'read_timeout_s' = +1e2
        [deployments]
        enabled = false
        """,
    )
    assert config.device.fleet == "dock"
    assert (config.heartbeat.period_s, config.link.read_timeout_s) == (31.0, 100.0)
    assert not config.deployments.enabled


def test_keys_and_sections_in_each_other_s_place_are_told(file):
    assert problems_of(
        file,
        """fleet = "dock"
        colour = "red"
        log = "debug"
        spool = [{limit_bytes = 1}]
        zone = [{}]
        "" = 1
        [device]
        name = {secret = 1}
        fleet = 2026-11-28
        region.name = "us-west-2"
        [link.limits]
        [device.limits]
        """,
    ) == [
        "fleet: unknown key; did you mean device.fleet?",
        "colour: unknown key",
        "log: expected [log] and keys in it, got 'debug'",
        "spool: expected [spool] and keys in it, got a list",
        "zone: unknown key",
        ": unknown key",
        "device.limits: unknown key; did you mean spool.limit_bytes?",
        "link.limits: unknown key; did you mean spool.limit_bytes?",
        "device.name: expected 1 to 63 letters, digits, - and _ with a letter or digit at both "
        "ends, got a section",
        "device.fleet: expected 1 to 63 letters, digits, - and _ with a letter or digit at both "
        "ends, got 2026-11-28",
        "device.region: expected a region such as us-west-2, got a section",
    ]


CONTRADICTIONS = {
    '[credentials]\nprofile = "a"\ncert_file = "device.pem"': [
        "credentials.profile: expected either a profile or credentials.cert_file, got both"
    ],
    '[credentials]\niot_thing_name = "cam-7"': [
        "credentials.iot_endpoint: required when credentials.iot_thing_name is set",
        "credentials.cert_file: required when credentials.iot_thing_name is set",
    ],
    f'[credentials]\niot_endpoint = "{ADDRESS}"\ncert_file = "device.pem"': [
        "credentials.key_file: required when cert_file has no key to use: no private key in it"
    ],
    f'[credentials]\niot_endpoint = "{ADDRESS}"\ncert_file = "locked.pem"': [
        "credentials.key_file: required when cert_file has no key to use: "
        "the private key in it has a password"
    ],
    f'[credentials]\niot_endpoint = "{ADDRESS}"\niot_role_alias = "a"\ncert_file = "both.pem"': [
        "credentials.iot_role_alias: expected 'boards' as in iot_endpoint, got 'a'"
    ],
    "[registration]\npause_s = 100\npause_limit_s = 50": [
        "registration.pause_s: expected at most pause_limit_s, which is 50, got 100"
    ],
    "[capture]\nshare = 0.1\nbatch = 10": ["capture.bucket: required when capture.share is set"],
    '[capture]\ndestination = "disk"': [
        "capture.disk_path: required when capture.destination is disk"
    ],
    '[capture]\ndestination = "tape"': [
        "capture.destination: expected one of s3, disk, got 'tape'"
    ],
    '[folders]\nstate = "/here"\nmodels = "/./here/"': [
        "folders.models: expected another folder than state, got '/here'"
    ],
}


@pytest.mark.parametrize("text", CONTRADICTIONS)
def test_keys_that_contradict_each_other_are_told(file, text):
    assert problems_of(file, DEVICE + text) == CONTRADICTIONS[text]


PEM = "a PEM file with a certificate"
KEY = "a PEM file with a private key that has no password"
SIGNERS = "a list of 1 to 16 PEM files with public keys or certificates"
WORDS = 'a list such as ["/usr/bin/load", "{handle}", "{path}"]'
PROVIDER = "a host, or https://HOST/role-aliases/ALIAS/credentials"
SENSORS = "a list of names of sensors"
URL = "a URL such as https://host:8443/path without user name and query"
HIDDEN = "a string that may contain a secret"
ABSENT = "No such file or directory"
UNUSABLE = [  # key, its value, what is expected instead of what; paths without their folder
    ("device.name", "'cam 7'", "1 to 63 letters, digits, - and _ with a letter", "'cam 7'"),
    ("device.name", f"'{'a' * 64}'", "1 to 63 letters", f"'{'a' * 64}'"),
    ("device.name", '"cam-7\\n"', "1 to 63 letters", "'cam-7\\n'"),
    ("device.name", "'cam-é'", "1 to 63 letters", "'cam-\\xe9'"),
    ("device.name", "'-cam'", "1 to 63 letters", "'-cam'"),
    ("device.name", "'cam_'", "1 to 63 letters", "'cam_'"),
    ("device.region", "'moon base'", "a region such as us-west-2", "'moon base'"),
    ("device.endpoint_url", "'edge.example.com'", URL, "'edge.example.com'"),
    ("device.endpoint_url", "'https://host?token=s3cret'", URL, HIDDEN),
    ("device.endpoint_url", "['https://u:s3cret@host']", URL, "a list"),
    ("credentials.profile", f"'{'a' * 256}'", "a string of at most 255", f"'{'a' * 128}...'"),
    (
        "credentials.profile",
        "''",
        "a string of at most 255 characters",
        "'': empty, too long, or with",
    ),
    ("device.ca_file", "'.'", PEM, "'.': not a file"),
    ("device.ca_file", "'device.key'", PEM, "'device.key': no certificate in it"),
    ("device.ca_file", f"'/{'a' * 5_039}'", PEM, f"'/{'a' * 127}...': empty, too long, or with"),
    ("device.ca_file", f"'/{'a' * 300}'", PEM, f"'/{'a' * 127}...': File name too long"),
    ("device.ca_file", "'/a'", PEM, f"'/a': {ABSENT}"),
    (
        "device.ca_file",
        '"/a\\u0000b"',
        PEM,
        "'/a\\x00b': empty, too long, or with control characters",
    ),
    ("device.ca_file", "''", PEM, "'': empty, too long, or with"),
    ("credentials.key_file", "'ca.pem'", KEY, "'ca.pem': no private key in it"),
    ("credentials.key_file", "'locked.key'", KEY, "'locked.key': the private key in it has a pass"),
    ("credentials.iot_endpoint", "'http://host/role-aliases/a/credentials'", PROVIDER, "'http://h"),
    ("credentials.iot_endpoint", "'host/role-aliases//credentials'", PROVIDER, "'host/role-alias"),
    ("credentials.iot_endpoint", "'host/role-aliases/a/credentials/'", PROVIDER, "'host/role-alia"),
    ("credentials.iot_endpoint", "'host/a/role-aliases/a/credentials'", PROVIDER, "'host/a/role-a"),
    ("credentials.iot_endpoint", "'https://host/role-aliases/a'", PROVIDER, "'https://host/role-a"),
    ("credentials.iot_endpoint", "'http://host'", PROVIDER, "'http://host'"),
    ("credentials.iot_endpoint", "'host:99999'", PROVIDER, "'host:99999'"),
    ("credentials.iot_endpoint", "'host/role-aliases/'", PROVIDER, "'host/role-aliases/'"),
    ("credentials.iot_endpoint", "'ho st'", PROVIDER, HIDDEN),
    ("credentials.iot_endpoint", f"'{'a.' * 128}'", PROVIDER, "'a.a."),
    ("credentials.iot_thing_name", "'a/b'", "1 to 128 letters, digits and - _ :", "'a/b'"),
    ("credentials.iot_role_alias", "'a/b'", "1 to 128 letters, digits and - _ = , @", "'a/b'"),
    ("folders.models", "''", "a folder, or a path where one can be created", "'': empty, too long"),
    (
        "folders.state",
        "'ca.pem'",
        "a folder, or a path where one can be created",
        "'ca.pem': not a f",
    ),
    ("heartbeat.metrics", "[1]", SENSORS, "a list"),
    ("heartbeat.metrics", "['LoadAverge']", SENSORS, "a list: 'LoadAverge' is none of "),
    ("heartbeat.period_s", "nan", "a number (seconds), 1 to 86,400", "nan"),
    ("heartbeat.period_s", "inf", "a number (seconds), 1 to 86,400", "inf"),
    ("heartbeat.period_s", "9" * 400, "a number (seconds), 1 to 86,400", "9" * 128 + "..."),
    ("spool.limit_bytes", "1e6", "a whole number (bytes), 65,536 to 1,073,741,824", "1000000.0"),
    ("link.rate_limit_bytes_per_s", "255", "a whole number (bytes), 0 (no limit) or 256 to", "255"),
    ("link.rate_limit_bytes_per_s", "-1", "a whole number (bytes), 0 (no limit) or 256", "-1"),
    ("deployments.enabled", "1", "true or false", "1"),
    ("deployments.deploy_command", "[]", WORDS, "a list"),
    ("deployments.deploy_command", "'/bin/true --key s3cret'", WORDS, HIDDEN),
    ("deployments.deploy_command", "['/bin/true', 1]", WORDS, "a list"),
    (
        "deployments.deploy_command",
        "['true']",
        WORDS,
        "a list: 'true' is not an executable's absol",
    ),
    ("deployments.deploy_command", "['/no']", WORDS, "a list: '/no' is not an executable's absolu"),
    ("deployments.deploy_command", "['/s3cret key']", WORDS, f"a list: {HIDDEN} is not an exec"),
    ("deployments.deploy_command", "['/bin/sh', '{name}']", WORDS, "a list: braces other than"),
    ("deployments.deploy_command", '["/bin/sh", "\\u0000"]', WORDS, "a list: braces other than"),
    ("deployments.signers", "[]", SIGNERS, "a list"),
    ("deployments.signers", "'device.pem'", SIGNERS, "'device.pem'"),
    ("deployments.signers", "[1]", SIGNERS, "a list"),
    ("deployments.signers", "['absent.pem']", SIGNERS, "a list: 'absent.pem': No such file"),
    ("deployments.signers", "['']", SIGNERS, "a list: '': No such file"),
    ("deployments.signers", "['.']", SIGNERS, "a list: '.': not a file"),
    ("deployments.signers", '["\\u0000"]', SIGNERS, "a list: '\\x00': control characters"),
    (
        "deployments.signers",
        "['device.pem', 'device.key']",
        SIGNERS,
        "a list: 'device.key': a priv",
    ),
    ("deployments.signers", "['both.pem']", SIGNERS, "a list: 'both.pem': a private key in it"),
    ("deployments.signers", "['dsa.pem']", SIGNERS, "a list: 'dsa.pem': the key in it is not RSA "),
    ("deployments.signers", f"{['device.pem'] * 17}", SIGNERS, "a list"),
]


def test_signers_are_files_beside_the_configuration(file, identity):
    file.write_text(f'{DEVICE}[deployments]\nsigners = ["device.pem", "{identity}/device.pem"]\n')
    assert load(str(file)).deployments.signers == (f"{identity}/device.pem",) * 2
    file.write_text(DEVICE)
    assert load(str(file)).deployments.signers is None


_LOADED = """
import sys
from edgemote.agent.config import load
import edgemote.agent.core
import edgemote.agent.deployments.worker

load(sys.argv[1])
print(sorted(name for name in sys.modules if "ctypes" in name or name.endswith("signatures")))
"""


def test_nothing_of_it_is_loaded_without_signers(file):
    """ctypes and what OpenSSL needs for it are some 500 KiB."""
    for text, loaded in (
        (DEVICE, []),
        (
            f'{DEVICE}[deployments]\nsigners = ["device.pem"]\n',
            ["_ctypes", "ctypes", "ctypes._endian", "edgemote.agent.deployments.signatures"],
        ),
    ):
        file.write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", _LOADED, str(file)],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == str(loaded)


@pytest.mark.parametrize(("name", "value", "expected", "got"), UNUSABLE)
def test_what_cannot_be_used_is_told(file, name, value, expected, got):
    section, _, key = name.partition(".")
    device = "\n".join(line for line in DEVICE.splitlines() if not line.startswith(f"{key} ="))
    header = "" if section == "device" else f"[{section}]\n"
    lines = problems_of(file, f"{device}\n{header}{key} = {value}\n")
    (line,) = [line for line in lines if line.startswith(f"{name}: ")]
    said, _, given = line.replace(f"{file.parent}/", "").partition(", got ")
    assert said.startswith(f"{name}: expected {expected}")
    assert given.replace(f"'{file.parent}'", "'.'").startswith(got)
    assert "s3cret" not in line


def test_a_file_that_is_too_large_to_be_one_of_certificates_is_not_read(file, tmp_path):
    large = tmp_path / "large.pem"
    with large.open("wb") as zeros:
        zeros.truncate(limits.PEM_BYTES + 1)
    assert problems_of(file, f'{DEVICE}ca_file = "{large}"')[0].endswith(
        f": more than {limits.PEM_BYTES} bytes"
    )


def test_a_named_pipe_does_not_hold_the_agent(file, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert problems_of(file, f'{DEVICE}ca_file = "{tmp_path}/pipe"') == [
        f"device.ca_file: expected {PEM}, got '{tmp_path}/pipe': not a file"
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
    with pytest.raises(ConfigError, match="line 4, column 11: expected UTF-8, got other bytes"):
        load(str(file))


def test_problems_are_counted_where_there_are_many(file):
    lines = problems_of(file, DEVICE + "".join(f"a{i} = 1\n" for i in range(1_000)))
    assert len(lines) == limits.CONFIG_PROBLEMS + 1
    assert lines[-1] == f"and {1_000 - limits.CONFIG_PROBLEMS} more"


def test_a_name_is_shown_on_one_line_and_cut(file):
    lines = problems_of(file, DEVICE + '"a\\nb" = 1\n' + "c" * 500 + " = 1\n")
    assert lines == [
        "device.a\\nb: unknown key",
        f"device.{'c' * 121}...: unknown key",
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
    st.integers(10**30, 10**40).map(str),
    st.dates().map(str),
    st.sampled_from(["true", "[]", "[1, 'a']", "['']", "{}", "inf", "-inf", "nan", "[[[]]]"]),
)


@given(st.sampled_from([key for key, _, _ in schema.list_keys()]), values)
def test_any_value_is_taken_as_its_type_or_refused_in_its_section(tmp_path_factory, place, value):
    section, _, key = place.partition(".")
    file = tmp_path_factory.getbasetemp() / "value.toml"
    text = DEVICE.replace(f"\n{key} = ", "\n# ") if section == "device" else DEVICE
    header = "" if section == "device" else f"[{section}]\n"
    file.write_text(f"{text}{header}{key} = {value}\n")
    problem = ""
    try:
        config = load(str(file))
    except ConfigError as error:
        problem = str(error)
    else:
        msgspec.convert(msgspec.to_builtins(config), schema.Config, strict=True)
    # A good value may still miss those that it needs beside it, which are in the same section.
    lines = problem.splitlines()
    assert all(line.startswith(f"{file}: {section}.") for line in lines)


secrets = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="'\""), min_size=5
).map(lambda text: f"s3cret{text}")


@given(
    st.sampled_from(
        [
            ("device", "endpoint_url", "'https://user:{}@host'"),
            ("device", "endpoint_url", "'https://host/path?token={}'"),
            ("device", "endpoint_url", "['{}']"),
            ("deployments", "s3_endpoint_url", "'https://{}@host'"),
            ("credentials", "iot_endpoint", "'https://user:{}@host'"),
            ("deployments", "deploy_command", "['/bin/sh', '{}', '{{']"),
            ("deployments", "deploy_command", "'/bin/sh -c {}'"),
            ("credentials", "secret_access_key", "'{}'"),
            ("secrets", "key", "'{}'"),
            ("log", "level", "{{key = '{}'}}"),
            ("heartbeat", "period_s", "['{}']"),
            ("log", "level", '"{}'),
            ("log", "level", "{} 'x'"),
        ]
    ),
    secrets,
)
def test_no_secret_is_shown(tmp_path_factory, place, secret):
    section, key, value = place
    file = tmp_path_factory.getbasetemp() / "secret.toml"
    header = "" if section == "device" else f"[{section}]\n"
    file.write_text(f"{DEVICE}{header}{key} = {value.format(secret)}\n")
    problem = ""
    try:
        load(str(file))
    except ConfigError as error:
        problem = str(error)
    assert "s3cret" not in problem
    assert problem or "/" in secret  # what is before it is a host then


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


def test_loading_leaves_the_structs_alone_and_looks_for_names_only_where_one_is_wrong(file):
    file.write_text(DEVICE)
    loaded = modules_after(f"from edgemote.agent.config import load\nload({str(file)!r})")
    assert not {"difflib", "tomllib", "tomli", "json"} & loaded
    ours = {name for name in loaded if name.startswith("edgemote.agent.config")}
    assert ours == {"edgemote.agent.config", "edgemote.agent.config.schema"}


def test_a_toml_reader_that_was_loaded_before_stays(file):
    file.write_text(DEVICE)
    reader = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    loaded = modules_after(
        f"import {reader}\nfrom edgemote.agent.config import load\nload({str(file)!r})"
    )
    assert reader in loaded


def test_regular_expressions_that_nobody_else_uses_are_unloaded(file):
    """With what keeps them in memory, how patterns are pickled; who imports them later has both."""
    file.write_text(DEVICE)
    modules_after(
        "import gc, pickle, types\n"
        "from edgemote.agent.config import load\n"
        # As in a bundle, whose msgspec takes nothing of it.
        "for name in [*sys.modules]:\n"
        "    if name.partition('.')[0] in ('re', 'sre_compile', 'sre_parse', 'sre_constants'):\n"
        "        del sys.modules[name]\n"
        "def count():\n"
        "    gc.collect()\n"
        "    found = [one for one in gc.get_objects() if isinstance(one, types.ModuleType)]\n"
        "    return sum(one.__name__ in ('re', 'sre_parse', 'tomllib._re') for one in found)\n"
        "known = count()\n"
        f"load({str(file)!r})\n"
        "assert count() == known, (count(), known)\n"
        "assert 're' not in sys.modules\n"
        "import re\n"
        "assert pickle.loads(pickle.dumps(re.compile('a'))).match('a')\n"
        f"load({str(file)!r})\n"
        "assert sys.modules['re'] is re and pickle.dumps(re.compile('b'))"
    )


def test_what_was_unloaded_loads_again(file):
    config = config_of(file, DEVICE)
    assert config_of(file, DEVICE) == config
    assert isinstance(config, schema.Config)
    assert problems_of(file, "[device]") == problems_of(file, "[device]")
