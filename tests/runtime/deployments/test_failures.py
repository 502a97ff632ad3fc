"""Every way in which a deployment fails: FAIL with its reason, rolled back where asked."""

from __future__ import annotations

import os
import resource
import signal
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

import edgemote
from edgemote.agent.deployments.hooks import Hooks
from fault_proxy import Fault
from runtime.deployments.device import define, make, summary, undeploy
from s3_server import KEY_ID, SECRET

OLD, NEW, OTHER = os.urandom(30_000), os.urandom(70_000), os.urandom(5_000)
POLICIES = ["ROLLBACK_ON_FAILURE", "DO_NOTHING"]


@pytest.fixture
def urls(s3):
    return {
        "old": s3.put("failing", "older-1.tar.gz", OLD),
        "new": s3.put("failing", "new-2.tar.gz", NEW),
        "other": s3.put("failing", "other.bin", OTHER),
    }


@pytest.fixture
def deployed(open_device, urls):
    """`deployed(...)`: a device on which `m` is OLD, opened with these arguments."""

    def open_it(hooks=None, **options):
        open_device().deploy(make("before", define("m", urls["old"], OLD)))
        return open_device(hooks, **options)

    return open_it


def check_both(device, urls, bad, reason, policy):
    """A good model and a bad one: what is left follows the policy."""
    good = define("good", urls["other"], OTHER)
    result = device.finish(make("d", good, bad, policy=policy))
    found = summary(result)
    assert found[""] == "FAIL"
    status, why, rollback = found[bad.handle]
    assert (status, rollback) == ("FAIL", None)
    assert reason in why
    assert reason in result.message
    assert len(why) <= 256
    if policy == "DO_NOTHING":
        assert found["good"] == ("SUCCESS", None, None)
        assert device.current() == {"m": OLD, "good": OTHER}
    else:
        assert found["good"][0] == "FAIL"
        assert "failed elsewhere" in found["good"][1]
        assert device.current() == {"m": OLD}
        assert [name.split("/")[0] for name in device.files()] == ["m"]
    assert not list((device.folder / "models" / ".partial").iterdir())


@pytest.mark.parametrize("policy", POLICIES)
class TestModels:
    def test_wrong_checksum(self, deployed, urls, policy):
        bad = define("m", urls["new"], OTHER)
        check_both(deployed(), urls, bad, "wrong checksum: SHA1 is", policy)

    def test_no_such_object(self, deployed, urls, policy):
        bad = define("m", "s3://failing/none.bin", NEW)
        check_both(deployed(), urls, bad, "bucket failing: ", policy)

    def test_no_such_bucket(self, deployed, urls, policy):
        bad = define("m", "s3://nowhere/none.bin", NEW)
        check_both(deployed(), urls, bad, "bucket nowhere: ", policy)

    def test_refused_by_the_hook(self, deployed, urls, policy):
        hooks = Hooks(on_deploy=lambda handle, path: handle != "m")
        bad = define("m", urls["new"], NEW)
        check_both(deployed(hooks), urls, bad, "hook: refused by the hook", policy)

    def test_hook_raises(self, deployed, urls, policy):
        def fail(handle, path):
            if handle == "m" and "new" in path:
                raise ValueError("no\nsuch layer")

        bad = define("m", urls["new"], NEW)
        check_both(deployed(Hooks(fail)), urls, bad, "hook: ValueError: no such layer", policy)

    def test_hook_hangs(self, deployed, urls, policy):
        def hang(handle, path):
            if handle == "m" and "new" in path:
                signal.pause()

        bad = define("m", urls["new"], NEW)
        check_both(deployed(Hooks(hang, limit_s=0.05)), urls, bad, "longer than 0.05 s", policy)

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"url": "s3://failing"}, "expected s3://bucket/key"),
            ({"url": "https://failing/new.bin"}, "expected s3://bucket/key"),
            ({"url": None}, "S3Url is missing"),
            ({"url": "s3://../../etc/passwd"}, "invalid bucket name"),
            ({"url": "s3://failing/a/.."}, "to be a file's name"),
            ({"url": "s3://failing/a\0b"}, "without control characters"),
            ({"url": "s3://failing/a\nb"}, "without control characters"),
            ({"url": "s3://failing/folder/"}, "to be a file's name"),
            ({"url": "s3://failing/" + "\xe4" * 128}, "up to 255 bytes"),
            ({"state": "PAUSE"}, "State 'PAUSE': expected DEPLOY or UNDEPLOY"),
            ({"state": None}, "State None"),
        ],
    )
    def test_bad_definition(self, deployed, urls, policy, fields, reason):
        bad = replace(define("m", urls["new"], NEW), **fields)
        check_both(deployed(), urls, bad, reason, policy)

    def test_bad_checksum(self, deployed, urls, policy):
        bad = define("m", urls["new"], NEW)
        bad.checksum_type = "MD5"
        check_both(deployed(), urls, bad, "only SHA1 and SHA256 are supported", policy)

    def test_no_room(self, deployed, urls, policy):
        device = deployed(reserve_bytes=1 << 60)
        result = device.finish(make("d", define("m", urls["new"], NEW), policy=policy))
        assert "too large for the disk: 70000 bytes to get" in summary(result)["m"][1]
        assert device.current() == {"m": OLD}

    def test_disk_refuses(self, deployed, urls, policy):
        device = deployed()
        device.deployments.offer(
            [make("d", define("m", urls["new"], NEW), policy=policy)], device.now_s
        )
        with file_limit(20_000):  # bytes: the journal fits, the model does not
            result = device.finish()
        assert "File too large" in summary(result)["m"][1]
        assert device.current() == {"m": OLD}


@contextmanager
def file_limit(size_bytes):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    "handle",
    [
        "../../etc",
        "..",
        "/etc",
        "a/b",
        "a\0b",
        ".hidden",
        "-m",
        "m-",
        "m_n",
        "ä",
        "m" * 64,
        "",
        None,
    ],
)
def test_a_handle_never_leads_out(device, urls, handle):
    result = device.finish(make("d", define(handle, urls["new"], NEW)))
    (model,) = result.models
    assert result.status == "FAIL"
    assert model.handle is None  # the service would not accept it
    assert "ModelHandle" in model.reason
    assert device.files() == []
    assert {path.name for path in device.folder.iterdir()} <= {"state", "models"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"refusal": "Type 'Firmware': only Model is supported"}, "Type 'Firmware'"),
        ({"policy": "RETRY"}, "FailureHandlingPolicy 'RETRY': expected"),
        ({"policy": None}, "FailureHandlingPolicy None"),
        ({"definitions": []}, "no Definitions"),
    ],
)
def test_nothing_is_tried_of_a_bad_deployment(device, urls, fields, reason):
    result = device.finish(replace(make("d", define("m", urls["new"], NEW)), **fields))
    assert result.status == "FAIL"
    assert result.refused
    assert reason in result.message
    assert all(reason in model.reason for model in result.models)
    assert device.opened == 0
    assert device.current() == {}


def test_too_many_models(device, urls):
    many = [define(f"m{number}", urls["new"], NEW) for number in range(33)]
    result = device.finish(make("d", *many))
    assert result.message == "33 Definitions, at most 32 are supported"
    assert len(result.models) == 32


def test_a_handle_twice(device, urls):
    twice = [define("m", urls["old"], OLD), define("m", urls["new"], NEW)]
    result = device.finish(make("d", *twice, policy="DO_NOTHING"))
    assert [model.status for model in result.models] == ["SUCCESS", "FAIL"]
    assert "appears twice" in result.models[1].reason
    assert device.current() == {"m": OLD}


class TestRollback:
    """What the hooks are told, and what they may still refuse."""

    @pytest.fixture
    def calls(self):
        return []

    def make_hooks(self, calls, refused=(), raising=()):
        def tell(kind):
            def hook(handle, path):
                call = (kind, handle, os.path.basename(path))
                calls.append(call)
                assert os.path.exists(path)
                if call in raising:
                    raise RuntimeError("fell over")
                return call not in refused

            return hook

        return Hooks(tell("deploy"), tell("undeploy"))

    def test_every_model_is_restored(self, deployed, urls, calls):
        hooks = self.make_hooks(calls, refused=[("deploy", "z", "other.bin")])
        device = deployed(hooks)
        result = device.finish(
            make(
                "d",
                define("m", urls["new"], NEW),
                define("n", urls["new"], NEW),
                define("z", urls["other"], OTHER),
                undeploy("m2"),
            )
        )
        assert calls == [
            ("deploy", "m", "new-2.tar.gz"),
            ("deploy", "n", "new-2.tar.gz"),
            ("deploy", "z", "other.bin"),
            ("undeploy", "n", "new-2.tar.gz"),
            ("deploy", "m", "older-1.tar.gz"),
        ]
        assert device.current() == {"m": OLD}
        assert [(model.handle, model.name) for model in device.deployments.installed] == [
            ("m", "older")
        ]
        assert all(model.status == "FAIL" for model in result.models[:3])
        assert result.models[0].state == "UNDEPLOY"
        assert result.message.startswith("rolled back; z: hook")

    def test_a_model_that_left_is_taken_back(self, deployed, urls, calls):
        hooks = self.make_hooks(calls, refused=[("deploy", "z", "other.bin")])
        device = deployed(hooks)
        result = device.finish(make("d", undeploy("m"), define("z", urls["other"], OTHER)))
        assert calls[-1] == ("deploy", "m", "older-1.tar.gz")
        assert device.current() == {"m": OLD}
        assert result.models[0].state == "DEPLOY"

    def test_a_hook_that_refuses_to_go_back(self, deployed, urls, calls):
        hooks = self.make_hooks(
            calls,
            refused=[("deploy", "z", "other.bin"), ("deploy", "m", "older-1.tar.gz")],
        )
        device = deployed(hooks)
        result = device.finish(
            make("d", define("m", urls["new"], NEW), define("z", urls["other"], OTHER))
        )
        assert summary(result)["m"][2] == "hook: refused by the hook"
        assert result.message.startswith("not rolled back: m; z: ")
        assert device.current() == {"m": OLD}  # it is there, whatever the firmware says

    def test_a_hook_that_fell_over_is_told_of_the_old_model(self, deployed, urls, calls):
        hooks = self.make_hooks(calls, raising=[("deploy", "m", "new-2.tar.gz")])
        device = deployed(hooks)
        device.finish(make("d", define("m", urls["new"], NEW)))
        assert calls == [("deploy", "m", "new-2.tar.gz"), ("deploy", "m", "older-1.tar.gz")]

    def test_a_refused_undeployment(self, deployed, calls):
        device = deployed(self.make_hooks(calls, refused=[("undeploy", "m", "older-1.tar.gz")]))
        result = device.finish(make("d", undeploy("m")))
        assert summary(result)["m"] == ("FAIL", "hook: refused by the hook", None)
        assert result.models[0].state == "DEPLOY"
        assert device.current() == {"m": OLD}
        assert len(calls) == 1


class TestBucket:
    def test_unreachable(self, deployed, urls, proxy):
        proxy.fault = Fault("refuse")
        device = deployed(url=f"http://{proxy.origin}")
        started_s = device.steady_s
        result = device.finish(make("d", define("m", urls["new"], NEW)))
        reason = summary(result)["m"][1]
        assert reason.startswith("gave up after 5 attempts: bucket failing: ")
        assert "refused" in reason
        assert device.steady_s - started_s >= 75  # half of 10 + 20 + 40 + 80

    def test_wrong_keys(self, deployed, urls):
        device = deployed()
        device.credentials = edgemote.Credentials(KEY_ID, "wrong")
        result = device.finish(make("d", define("m", urls["new"], NEW)))
        assert "bucket failing refused 4 times: 403" in summary(result)["m"][1]
        assert "wrong" not in summary(result)["m"][1]
        assert device.current() == {"m": OLD}

    @pytest.mark.parametrize("refreshed", [False, True])
    def test_credentials_expire_in_the_middle(self, deployed, s3, proxy, refreshed):
        content = os.urandom(400_000)
        url = s3.put("failing", "large.bin", content)
        device = deployed(url=f"http://{proxy.origin}")
        keys = device.credentials = Expiring(refreshed)
        proxy.once(Fault("cut", 200_000))
        result = device.finish(make("d", define("m", url, content)))
        assert keys.asked > 3
        assert result.status == ("SUCCESS" if refreshed else "FAIL")
        assert device.current() == {"m": content if refreshed else OLD}
        if refreshed:
            assert proxy.carried["answer"] < 500_000  # resumed
        else:
            assert (
                "bucket failing refused 4 times: SignatureDoesNotMatch" in summary(result)["m"][1]
            )

    def test_no_credentials(self, deployed, urls):
        class Source:
            def get(self, now_s, /):
                raise edgemote.CredentialsError("the role alias does not answer")

        device = deployed()
        device.credentials = Source()
        result = device.finish(make("d", define("m", urls["new"], NEW)))
        assert "the role alias does not answer" in summary(result)["m"][1]

    def test_a_client_that_cannot_be_made(self, deployed, urls):
        def open_s3():
            raise edgemote.ConfigError("no region")

        device = deployed(open_s3=open_s3)
        result = device.finish(make("d", define("m", urls["new"], NEW)))
        assert summary(result)["m"][1] == "bucket failing: no region"


class Expiring:
    """Keys that the S3 takes twice, then no more; with `refreshed` again after two refusals."""

    def __init__(self, refreshed):
        self.asked = 0
        self._refreshed = refreshed

    def get(self, now_s, /):
        self.asked += 1
        good = self.asked <= 2 or (self._refreshed and self.asked > 4)
        return edgemote.Credentials(KEY_ID, SECRET if good else "expired")
