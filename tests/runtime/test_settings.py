"""Settings beside botocore's own, found in real files and the real environment."""

import functools
import os
import subprocess
import sys
from unittest.mock import patch

import botocore.exceptions
import botocore.session
import pytest
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.loaders import Loader
from botocore.utils import is_valid_uri
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from aws.sagemaker_edge import SagemakerEdgeManager
from aws.sigv4 import Credentials
from aws_home import aws_home, ini
from edgemote import connect
from edgemote.client.settings import Settings, read_settings
from edgemote.errors import ConfigError, ConnectError
from edgemote.http.transport import Transport
from edgemote.profiles import FILE_LIMIT_BYTES, SharedFiles
from exposure import exposed

SERVICE = "Sagemaker Edge"
REGIONS = st.sampled_from(["us-west-2", "eu-central-1", "cn-north-1", "us-gov-west-1"])
URLS = st.sampled_from(
    [
        "http://localhost:4566",
        "https://edge.example.com",
        "https://10.0.0.7:8443/base",
        "http://[::1]:80",
    ]
)
FLAGS = st.sampled_from(["true", "false", "True", "FALSE"])
COUNTS = st.sampled_from(["1", "5", " 7 ", "10"])
PROFILES = st.sampled_from(["default", "board", "my board", "absent"])
PROFILE_KEYS = {
    "region": REGIONS,
    "endpoint_url": URLS,
    "use_fips_endpoint": FLAGS,
    "use_dualstack_endpoint": FLAGS,
    "ca_bundle": st.just("/etc/config.pem"),
    "max_attempts": COUNTS,
    "ignore_configured_endpoint_urls": FLAGS,
    "services": st.sampled_from(["local", "remote", "absent"]),
    "s3": st.fixed_dictionaries({"addressing_style": st.just("path")}),
}
profile_sections = st.fixed_dictionaries({}, optional=PROFILE_KEYS)
services_sections = st.fixed_dictionaries(
    {"dynamodb": st.fixed_dictionaries({"endpoint_url": URLS})},
    optional={
        "sagemaker_edge": st.fixed_dictionaries({}, optional={"endpoint_url": URLS}).map(
            lambda block: block or {"other": "x"}
        )
    },
)
configs = st.fixed_dictionaries(
    {},
    optional={
        "default": profile_sections,
        "profile default": profile_sections,
        "profile board": profile_sections,
        'profile "my board"': profile_sections,
        "board": profile_sections,
        "services local": services_sections,
        "services remote": services_sections,
    },
)
credentials_files = st.fixed_dictionaries(
    {}, optional={"default": profile_sections, "board": profile_sections}
)
environs = st.fixed_dictionaries(
    {},
    optional={
        "AWS_DEFAULT_REGION": REGIONS,
        "AWS_ENDPOINT_URL": URLS,
        "AWS_ENDPOINT_URL_SAGEMAKER_EDGE": URLS,
        "AWS_ENDPOINT_URL_DYNAMODB": URLS,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": FLAGS,
        "AWS_USE_FIPS_ENDPOINT": FLAGS,
        "AWS_USE_DUALSTACK_ENDPOINT": FLAGS,
        "AWS_CA_BUNDLE": st.just("/etc/environment.pem"),
        "AWS_MAX_ATTEMPTS": COUNTS,
        "AWS_PROFILE": PROFILES,
        "AWS_DEFAULT_PROFILE": PROFILES,
    },
)


def ask_botocore(profile):
    """The same settings by botocore's lookups, which create_client uses; None for an error."""
    session = botocore.session.Session(profile=profile)
    get = session.get_config_variable
    try:
        scoped = session.get_scoped_config()
        endpoint_url = None
        if not get("ignore_configured_endpoint_urls"):
            endpoint_url = ConfiguredEndpointProvider(
                session.full_config, scoped, "sagemaker-edge"
            ).provide()
        return Settings(
            region=get("region"),
            endpoint_url=endpoint_url,
            use_fips=bool(get("use_fips_endpoint")),
            use_dual_stack=bool(get("use_dualstack_endpoint")),
            ca_file=get("ca_bundle"),
            max_attempts=get("max_attempts"),
            profile=get("profile"),
        )
    except (botocore.exceptions.ProfileNotFound, botocore.exceptions.InvalidConfigError):
        return None


def ask_edgemote(profile=None, **arguments):
    try:
        return read_settings(service_id=SERVICE, profile=profile, **arguments)
    except ConfigError:
        return None


@settings(max_examples=80, deadline=None)
@given(environs, configs, credentials_files, st.none() | PROFILES)
@example(
    {}, {"profile board": {"region": "us-west-2"}}, {"board": {"region": "eu-west-1"}}, "board"
)
@example(
    {},
    {
        "default": {"services": "local", "endpoint_url": "http://a"},
        "services local": {"sagemaker_edge": {"endpoint_url": "http://b"}},
    },
    {},
    None,
)
def test_settings_equal_botocores(environ, config, credentials, profile):
    with aws_home(environ, ini(config), ini(credentials)):
        assert ask_edgemote(profile) == ask_botocore(profile)


@functools.cache
def loader():
    return Loader()


@settings(max_examples=15, deadline=None)
@given(environs, configs)
def test_region_and_endpoint_equal_a_real_clients(environ, config):
    environ = {"AWS_DEFAULT_REGION": "us-west-2", **environ}
    environ.pop("AWS_CA_BUNDLE", None)
    config = {
        header: {key: value for key, value in section.items() if key != "ca_bundle"}
        for header, section in config.items()
    }
    with aws_home(environ, ini(config)):
        ours = ask_edgemote()
        assume(ours is not None)
        session = botocore.session.Session()
        session.register_component("data_loader", loader())
        client = session.create_client("sagemaker-edge")
        assert client.meta.region_name == ours.region
        assert client.meta.config.retries.get("total_max_attempts") == ours.max_attempts
        if ours.endpoint_url is not None:
            assert client.meta.endpoint_url == ours.endpoint_url
        else:
            assert client.meta.endpoint_url.startswith("https://edge.sagemaker")


@pytest.mark.parametrize(
    ("client_name", "service_id"),
    [
        ("sagemaker-edge", "Sagemaker Edge"),
        ("iot-jobs-data", "IoT Jobs Data Plane"),
        ("iot-data", "IoT Data Plane"),
        ("iot", "IoT"),
        ("ssm", "SSM"),
        ("secretsmanager", "Secrets Manager"),
        ("dynamodb", "DynamoDB"),
        ("sqs", "SQS"),
        ("kinesis", "Kinesis"),
        ("logs", "CloudWatch Logs"),
        ("lambda", "Lambda"),
        ("s3", "S3"),
        ("codeguru-reviewer", "CodeGuru Reviewer"),
    ],
)
def test_the_variable_of_a_service_is_botocores(client_name, service_id):
    provider = ConfiguredEndpointProvider({}, {}, client_name)
    environ = {provider._get_service_env_var_name(): "http://here"}
    assert read_settings(service_id=service_id, environ=environ).endpoint_url == "http://here"


def test_arguments_come_first():
    environ = {
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://environment",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_CA_BUNDLE": "/environment.pem",
        "AWS_MAX_ATTEMPTS": "7",
    }
    wanted = Settings(
        region="eu-west-1",
        endpoint_url="http://argument",
        use_fips=False,
        use_dual_stack=False,
        ca_file="/argument.pem",
        max_attempts=2,
    )
    with aws_home(environ):
        assert (
            ask_edgemote(
                region="eu-west-1",
                endpoint_url="http://argument",
                use_fips=False,
                use_dual_stack=False,
                ca_file="/argument.pem",
                max_attempts=2,
            )
            == wanted
        )


def test_where_the_region_comes_from():
    with aws_home({"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-2"}):
        assert ask_edgemote().region == "us-east-1"
    with aws_home({"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-2"}):
        assert ask_edgemote().region == "us-east-2"
    with aws_home({}):
        assert ask_edgemote() == Settings()
    with aws_home({"AWS_REGION": "fips-us-east-1"}):
        assert ask_edgemote() == Settings(region="us-east-1", use_fips=True)


def test_the_ca_bundle_of_requests_comes_last():
    with aws_home({"REQUESTS_CA_BUNDLE": "/requests.pem"}):
        assert ask_edgemote().ca_file == "/requests.pem"
        assert ask_edgemote(ca_file="/argument.pem").ca_file == "/argument.pem"
    with aws_home({"REQUESTS_CA_BUNDLE": "/requests.pem"}, "[default]\nca_bundle = /config.pem\n"):
        assert ask_edgemote().ca_file == "/config.pem"


def test_empty_variables_are_not_set():
    names = (
        "AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_SAGEMAKER_EDGE "
        "AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CA_BUNDLE AWS_MAX_ATTEMPTS AWS_CONFIG_FILE "
        "AWS_USE_FIPS_ENDPOINT "
        "AWS_USE_DUALSTACK_ENDPOINT AWS_IGNORE_CONFIGURED_ENDPOINT_URLS REQUESTS_CA_BUNDLE "
        "AWS_SHARED_CREDENTIALS_FILE"
    )
    with aws_home(dict.fromkeys(names.split(), "")):
        assert ask_edgemote() == Settings()


def test_files_elsewhere():
    with aws_home({}) as home:
        (home / "there").write_text("[default]\nregion = eu-west-3\n")
        for path in ("~/there", "$HOME/there", "${HOME}/there", str(home / "there")):
            os.environ["AWS_CONFIG_FILE"] = path
            assert ask_edgemote().region == ask_botocore(None).region == "eu-west-3"


hosts = st.from_regex(r"[a-z0-9_.\-]{1,12}", fullmatch=True) | st.sampled_from(
    [
        *(
            "a." * 126 + "abc",
            "a." * 128,
            "a" * 63,
            "a" * 64,
            "[::1]",
            "[fe80::1]",
            "h.",
            "h..",
            ".",
        ),
        *("[fe80::1%25eth0]", "[fe80::1%eth0.1]", "[fe80::1%25]"),
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["http", "https", "HTTPS"]),
    hosts,
    st.sampled_from(["", ":443", ":1", ":65535"]),
    st.from_regex(r"(/[a-z.%~]{0,3}){0,3}", fullmatch=True),
)
def test_endpoints_are_accepted_where_botocore_accepts_them(scheme, host, port, path):
    url = f"{scheme}://{host}{port}{path}"
    try:
        found = read_settings(service_id=SERVICE, endpoint_url=url, environ={}).endpoint_url
    except ConfigError:
        found = None
    assert found == (url if is_valid_uri(url) else None)


BAD_URLS = [
    "localhost:4566",
    "//localhost",
    "ftp://localhost",
    "http://",
    "http:///path",
    "http://a b",
    "http://a\nb",
    "http://a/\u00e9",
    "http://user:hunter2@host",
    "http://host?query=hunter2",
    "http://host/#hunter2",
    "http://host\\evil",
    "http://host:0",
    "http://host:65536",
    "http://host:80x",
    "http://host:" + "9" * 5000,
    "http://[::1",
    "http://[fe80::1%]",
    "http://[fe80::1%a b]",
    "http://[fe80::1%a%b]",
    "http://[::1]80",
    "http://[hunter2]",
    "http://-host",
]


_odd = st.text(st.sampled_from(".%[]:@/?#1a-_~\u00b2\u00e9 \\{}*"), max_size=8)


@given(st.sampled_from(["", "http://", "https://"]), _odd)
@example("https://", ".")
@example("https://", "%1")
@example("https://", "[::1%]")
def test_an_odd_url_is_a_config_error_or_a_host_that_is_not_there(scheme, place):
    keys = Credentials("AKIDEXAMPLE", "secret")
    with patch.object(Transport, "_connect", side_effect=ConnectError("nobody is there")):
        try:
            client = connect(
                SagemakerEdgeManager,
                endpoint_url=scheme + place,
                region="us-west-2",
                credentials=keys,
                retries=0,
            )
        except ConfigError:
            return
        with pytest.raises(ConnectError):
            client.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")


@pytest.mark.parametrize("url", BAD_URLS)
def test_bad_endpoints(url):
    for arguments, environ, origin in (
        ({"endpoint_url": url}, {}, "argument endpoint_url"),
        ({}, {"AWS_ENDPOINT_URL": url}, "AWS_ENDPOINT_URL"),
        ({}, {"AWS_ENDPOINT_URL_SAGEMAKER_EDGE": url}, "AWS_ENDPOINT_URL_SAGEMAKER_EDGE"),
    ):
        with pytest.raises(ConfigError) as caught:
            read_settings(service_id=SERVICE, environ=environ, **arguments)
        assert str(caught.value).startswith(f"{origin}: expected a URL")
        assert "got str" in str(caught.value)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "environ", "text"),
    [
        (
            {},
            {"AWS_MAX_ATTEMPTS": "abc"},
            "AWS_MAX_ATTEMPTS: expected a whole number of 1 or more, got str",
        ),
        ({}, {"AWS_MAX_ATTEMPTS": "0"}, "AWS_MAX_ATTEMPTS: expected a whole number of 1 or more"),
        ({}, {"AWS_MAX_ATTEMPTS": "-3"}, "AWS_MAX_ATTEMPTS: expected a whole number"),
        (
            {"max_attempts": 0},
            {},
            "argument max_attempts: expected a whole number of 1 or more, got int",
        ),
        (
            {"max_attempts": 2.0},
            {},
            "argument max_attempts: expected a whole number of 1 or more, got float",
        ),
        (
            {"max_attempts": True},
            {},
            "argument max_attempts: expected a whole number of 1 or more, got bool",
        ),
        (
            {},
            {"AWS_USE_FIPS_ENDPOINT": "yes"},
            "AWS_USE_FIPS_ENDPOINT: expected true or false, got str",
        ),
        ({"use_fips": 1}, {}, "argument use_fips: expected true or false, got int"),
        (
            {},
            {"AWS_USE_DUALSTACK_ENDPOINT": "1"},
            "AWS_USE_DUALSTACK_ENDPOINT: expected true or false",
        ),
        (
            {},
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "on"},
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: expected true or false",
        ),
        ({"region": 5}, {}, "argument region: expected a string, got int"),
        ({"region": ""}, {}, "argument region: expected a string, got an empty str"),
        (
            {"region": "us west"},
            {},
            "argument region: expected a region such as us-west-2, got str",
        ),
        ({}, {"AWS_REGION": "evil.com/"}, "AWS_REGION: expected a region"),
        ({}, {"AWS_DEFAULT_REGION": "-us"}, "AWS_DEFAULT_REGION: expected a region"),
        ({}, {"AWS_REGION": "1234"}, "AWS_REGION: expected a region"),
        ({}, {"AWS_REGION": "a" * 64}, "AWS_REGION: expected a region"),
        ({"ca_file": b"x"}, {}, "argument ca_file: expected a string, got bytes"),
        ({"profile": ""}, {}, "argument profile: expected the name of a profile, got an empty str"),
        ({"profile": 7}, {}, "argument profile: expected the name of a profile, got int"),
        ({"endpoint_url": ""}, {}, "argument endpoint_url: expected a string, got an empty str"),
        ({"endpoint_url": 7}, {}, "argument endpoint_url: expected a string, got int"),
    ],
)
def test_bad_values(arguments, environ, text):
    with aws_home(environ), pytest.raises(ConfigError) as caught:
        read_settings(service_id=SERVICE, **arguments)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (
            "[default]\nmax_attempts = many\n",
            "max_attempts in profile 'default' of {}: expected a whole",
        ),
        (
            "[default]\nendpoint_url = here\n",
            "endpoint_url in profile 'default' of {}: expected a URL",
        ),
        (
            "[default]\nregion =\n  a = b\n",
            "region in profile 'default' of {}: expected a string, got dict",
        ),
        (
            "[default]\nuse_fips_endpoint = on\n",
            "use_fips_endpoint in profile 'default' of {}: expected",
        ),
        (
            "[default]\nservices = absent\n",
            "services in profile 'default' of {}: expected the name",
        ),
        (
            "[default]\nservices =\n a = b\n",
            "services in profile 'default' of {}: expected the name",
        ),
        (
            "[default]\nservices = x\n[services x]\nsagemaker_edge = http://here\n",
            "sagemaker_edge in [services x] of {}: expected indented lines, got str",
        ),
        (
            "[default]\nservices = x\n[services x]\nsagemaker_edge =\n  endpoint_url = here\n",
            "endpoint_url of sagemaker_edge in [services x] of {}: expected a URL",
        ),
        ("hunter2\n", "{} is not an INI file, see its line 1"),
        ("[default]\nregion = a\nhunter2\n", "{} is not an INI file, see its line 3"),
        ("[default]\n[default]\n", "{} is not an INI file, see its line 2"),
        ("[default]\nhunter2=1\nhunter2=2\n", "{} is not an INI file, see its line 3"),
        ("[default]\ns3 =\n  hunter2\n", "{}: a line of the block under s3 has no `=`"),
    ],
)
def test_bad_files(config, text):
    with aws_home({}, config) as home, pytest.raises(ConfigError) as caught:
        read_settings(service_id=SERVICE)
    assert str(caught.value).startswith(text.format(home / ".aws" / "config"))
    assert "hunter2" not in exposed(caught.value)


def test_files_that_cannot_be_read():
    with aws_home({}) as home:
        path = home / ".aws" / "config"
        path.write_bytes(b"[default]\nregion = \xff\n")
        with pytest.raises(ConfigError, match="is not UTF-8 text"):
            read_settings(service_id=SERVICE)
        path.write_bytes(b"#" * (FILE_LIMIT_BYTES + 1))
        with pytest.raises(ConfigError, match=f"is larger than {FILE_LIMIT_BYTES} bytes"):
            read_settings(service_id=SERVICE)
        path.write_bytes(b"#" * FILE_LIMIT_BYTES)
        assert read_settings(service_id=SERVICE) == Settings()


def test_an_unknown_profile_is_named_with_the_files():
    for environ, profile in (({"AWS_PROFILE": "nobody"}, None), ({}, "nobody"), ({}, "default")):
        with aws_home(environ) as home, pytest.raises(ConfigError) as caught:
            read_settings(service_id=SERVICE, profile=profile)
        name = profile or "nobody"
        assert str(caught.value) == (
            f"profile {name!r} is neither in {home}/.aws/config nor in {home}/.aws/credentials"
        )


def test_the_environment_may_be_given():
    with aws_home({"AWS_REGION": "us-east-1"}) as home:
        (home / "config").write_text("[default]\nregion = eu-west-3\n")
        environ = {"HOME": str(home), "AWS_CONFIG_FILE": "~/config"}
        assert read_settings(service_id=SERVICE, environ=environ).region == "eu-west-3"
        shared = SharedFiles(environ)
        assert read_settings(service_id=SERVICE, environ={}, shared=shared).region == "eu-west-3"


# What the modules may load at start: everything else is paid for by those who need it.
PROBE = """
import sys, types, msgspec, aws.sigv4, aws.errors
# The package without its front door, which loads the transport and with it sockets.
package = sys.modules["edgemote"] = types.ModuleType("edgemote")
package.__path__ = [next(path for path in sys.path if path.endswith("runtime")) + "/edgemote"]
before = set(sys.modules)
import edgemote.clock, edgemote.credentials, edgemote.retry, edgemote.client.settings
edgemote.client.settings.read_settings(service_id="Sagemaker Edge")
edgemote.credentials.find_credentials().get(0.0)
edgemote.retry.RetryRules().note_success()
edgemote.clock.Clock().now()
print(*sorted(name for name in set(sys.modules) - before if not name.startswith("edgemote")))
"""


def test_no_module_of_the_standard_library_is_loaded_before_it_is_needed():
    with aws_home({"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}):
        probe = subprocess.run(
            [sys.executable, "-c", PROBE],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
    assert probe.stdout.split() == []
