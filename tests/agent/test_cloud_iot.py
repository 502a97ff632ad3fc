"""The agent in AWS IoT: jobs, their progress and results, and the shadow."""

from __future__ import annotations

import json

import pytest

from .scripted_iot import HOST, SECRET, IotBoard, cut, lose, refuse

SNOW = b"snow" * 25_000


@pytest.fixture
def board(tmp_path, monkeypatch):
    board = IotBoard(tmp_path, monkeypatch)
    yield board
    board.agent.close()


def hold_download(board, seconds):
    """The host of the URLs cannot be reached for so long."""
    until_s = board.steady_s + seconds
    serve = board.iot.serve

    def held(head):
        if board.steady_s < until_s:
            cut()
        return serve(head)

    board.iot.serve = held


def text_of(board):
    """Everything that is written down anywhere."""
    files = [path for path in board.folder.rglob("*") if path.is_file() and path.suffix != ".bin"]
    texts = [path.read_bytes().decode(errors="replace") for path in files]
    return "\n".join([*board.log.lines, *texts, json.dumps(board.iot.shadow)])


# Results ------------------------------------------------------------------------------------------


def test_every_status_with_its_reasons(board):
    good = board.iot.create("winter", board.iot.put("snow", "1.4", SNOW))
    foreign = board.iot.create("reboot")
    foreign.text = '{"operation": "reboot"}'
    unclear = board.iot.create("unclear")
    unclear.text = "{"
    model = board.iot.put("rain", "1", SNOW)
    bad = board.iot.create("bad", {**model, "checksum": {"type": "SHA1", "sum": "0" * 40}})
    board.run(600)  # no poll between them
    assert good.status == "SUCCEEDED"
    assert good.details == {"reason": "every model is as desired"}
    assert (foreign.status, unclear.status, bad.status) == ("REJECTED", "REJECTED", "FAILED")
    assert foreign.details["reason"].startswith("not a job of this agent: operation is 'reboot'")
    assert unclear.details["reason"].startswith("invalid job document: ")
    assert "wrong checksum" in bad.details["reason"]
    assert "wrong checksum" in bad.details["rain"]
    assert board.iot.calls["poll"] <= 6
    assert board.iot.shadow["deployment"]["name"] == "bad:1"
    board.check_tidy()


def test_a_job_that_is_created_again_under_its_name_is_done_again(board):
    """Its execution has number 1 again; passed over, it would block the queue."""
    model = board.iot.put("snow", "1.4", SNOW)
    first = board.iot.create("winter", model)
    board.run(600)
    board.iot.end(first, "REMOVED")
    again = board.iot.create("winter", model)
    assert again.name == first.name
    board.start()
    later = board.iot.create("spring", board.iot.put("rain", "1", SNOW))
    board.run(4_000)
    assert [job.status for job in (first, again, later)] == ["SUCCEEDED"] * 3
    board.check_tidy()


def test_more_reasons_than_details_may_have(board):
    models = [board.iot.put(f"snow-{number}", "1", b"x") for number in range(32)]
    wrong = [{**one, "checksum": {"type": "SHA1", "sum": "0" * 40}} for one in models]
    job = board.iot.create("winter", *wrong, policy="DO_NOTHING")
    board.run(900)
    assert job.status == "FAILED"
    assert len(job.details) == 10


@pytest.mark.parametrize("handle", ["reason", "step"])
def test_models_called_as_details_are(handle, board):
    job = board.iot.create("winter", board.iot.put(handle, "1", SNOW))
    wrong = {**board.iot.put(handle, "2", SNOW), "size_bytes": 5}
    bad = board.iot.create("spring", wrong)
    hold_download(board, 600)
    board.run(500)
    assert job.details["step"] == "fetch"
    board.run(3_600)
    assert job.status == "SUCCEEDED"
    assert bad.details["reason"].startswith(f"rolled back; {handle}: ")


def test_a_handle_that_appears_twice(board):
    model = board.iot.put("snow", "1", SNOW)
    job = board.iot.create("winter", model, model)
    board.run(600)
    assert (job.status, job.details["reason"]) == (
        "REJECTED",
        "handle snow appears twice",
    )


def test_a_hook_that_says_what_no_detail_may_have(board):
    def fail(handle, path):
        raise ValueError("\x1b[31mé\u2028\ud800" + "x" * 2_000)

    board.hook = fail
    job = board.iot.create("winter", board.iot.put("snow", "1", SNOW))
    board.run(600)
    assert job.status == "FAILED"
    assert "é" in job.details["snow"]


# Answers that are lost, and that never come -------------------------------------------------------


def test_a_result_whose_answer_was_lost(board):
    job = board.iot.create("winter", board.iot.put("snow", "1", SNOW))
    after = board.iot.create("spring", board.iot.put("rain", "1", SNOW))
    board.iot.after["report"] = lose
    board.run(20)
    assert job.updates == ["SUCCEEDED"]
    del board.iot.after["report"]
    board.run(600)
    assert job.updates == ["SUCCEEDED"]
    assert after.updates == ["SUCCEEDED"]
    assert board.iot.shadow["deployment"]["name"] == "spring:1"
    board.check_tidy()


def test_the_last_deployment_is_told_though_its_answer_was_lost(board):
    board.iot.create("winter", board.iot.put("snow", "1", SNOW))
    board.iot.after["report"] = lose
    board.run(20)
    del board.iot.after["report"]
    board.run(600)
    assert board.iot.shadow["deployment"]["name"] == "winter:1"
    assert "deployment winter:1: SUCCESS, reported" in board.log.lines


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_jobs_plane_that_fails_for_days_loses_no_result(status, board):
    """Messages and shadows are other services, and work meanwhile."""
    job = board.iot.create("winter", board.iot.put("snow", "1", SNOW))
    board.iot.step_timeout = False
    down = refuse(status, "ThrottlingException" if status == 429 else "InternalServerException")
    board.iot.before["report"] = down
    board.run(60)
    board.iot.before.update(dict.fromkeys(("poll", "progress", "look"), down))
    board.run(2 * 86_400)
    assert job.updates == []
    assert len(board.iot.beats) > 500
    board.iot.before.clear()
    board.run(3_600)
    assert job.updates == ["SUCCEEDED"]


def test_a_progress_whose_answer_was_lost(board):
    job = board.iot.create("winter", board.iot.put("snow", "1", SNOW))
    hold_download(board, 1_200)
    board.iot.after["progress"] = lose
    board.run(200)
    del board.iot.after["progress"]
    board.run(3_600)
    assert job.status == "SUCCEEDED"


# Progress -----------------------------------------------------------------------------------------


def test_progress_is_told_at_most_each_minute(board):
    job = board.iot.create("winter", board.iot.put("snow", "1.4", SNOW))
    hold_download(board, 600)
    board.run(300)
    assert job.status == "IN_PROGRESS"
    assert job.details == {"step": "fetch", "snow": "asking"}
    assert job.updates == ["IN_PROGRESS"]  # it has not changed since


METERED = {"link": "day_limit_bytes = 100_000_000"}


def test_on_a_metered_link_the_timer_alone_is_prolonged(tmp_path, monkeypatch):
    cloud = 'kind = "iot"\nendpoint = "iot.example"\njob_timeout_s = 7200'
    deployments = "poll_s = 3600\nattempt_limit = 1000"
    board = IotBoard(tmp_path, monkeypatch, cloud=cloud, deployments=deployments, **METERED)
    job = board.iot.create("winter", board.iot.put("snow", "1.4", SNOW))
    hold_download(board, 8 * 3_600)
    board.run(3_500)
    assert job.updates == []
    board.run(8 * 3_600)
    assert job.status == "SUCCEEDED"
    assert 7 <= job.updates.count("IN_PROGRESS") <= 9
    board.agent.close()


def test_the_timer_is_prolonged_though_the_day_is_used_up(tmp_path, monkeypatch):
    cloud = 'kind = "iot"\nendpoint = "iot.example"\njob_timeout_s = 7200'
    board = IotBoard(tmp_path, monkeypatch, cloud=cloud, link="day_limit_bytes = 1_000_000")
    job = board.iot.create("winter", board.iot.put("snow", "1.4", SNOW))
    hold_download(board, 300)
    board.run(60)
    assert job.status == "IN_PROGRESS"
    board.agent.core.budget._count(940_000)
    board.run(86_400)
    assert job.status == "SUCCEEDED"
    board.agent.close()


@pytest.mark.parametrize("sections", [{}, METERED])
def test_a_device_that_restarts_often_prolongs_the_timer(sections, tmp_path, monkeypatch):
    deployments = "poll_s = 3600\nattempt_limit = 1000"
    board = IotBoard(tmp_path, monkeypatch, deployments=deployments, **sections)
    job = board.iot.create("winter", board.iot.put("snow", "1.4", SNOW))
    hold_download(board, 35 * 3_600)
    for _ in range(3):
        board.run(10 * 3_600)
        assert job.status == "IN_PROGRESS"
        board.start()
    board.run(86_400)
    assert job.status == "SUCCEEDED"
    board.agent.close()


# Retried, created again ---------------------------------------------------------------------------


def test_a_job_that_is_retried_is_done_again(board):
    model = board.iot.put("snow", "1.4", SNOW)
    wrong = {**model, "size_bytes": 5}
    first = board.iot.create("winter", wrong)
    board.run(600)
    assert first.status == "FAILED"
    second = board.iot.create("winter", model)
    board.run(2 * 3_600)
    assert (second.number, second.status) == (2, "SUCCEEDED")
    assert board.iot.shadow["deployment"]["name"] == "winter:2"


# URLs ---------------------------------------------------------------------------------------------


def test_a_url_that_expires_is_asked_for_again(board):
    board.iot.url_valid_s = 300
    model = board.iot.put("snow", "1.4", SNOW)
    job = board.iot.create("winter", model)
    hold_download(board, 900)
    board.run(3_600)
    assert job.status == "SUCCEEDED"
    assert board.iot.calls["renew"] == 1
    assert 403 in [status for _, _, status in board.iot.requests]


def test_no_part_of_a_presigned_url_is_written_anywhere(board):
    board.iot.url_valid_s = 300
    job = board.iot.create("winter", board.iot.put("snow", "1.4", SNOW))
    lost = board.iot.create("spring", {**board.iot.put("rain", "1", SNOW), "url": "none.bin"})
    hold_download(board, 900)
    seen = []
    for _ in range(40):
        board.run(10)
        seen.append(text_of(board))
    board.run(7_200)
    seen.append(text_of(board))
    assert (job.status, lost.status) == ("SUCCEEDED", "FAILED")
    seen.append(json.dumps([job.details, lost.details]))
    assert HOST in seen[-1]
    for text in seen:
        assert SECRET not in text
        assert "Expires=" not in text


# The shadow ---------------------------------------------------------------------------------------


def test_what_a_model_has_no_more_is_taken_out_of_the_shadow(board):
    model = board.iot.put("snow", "1.4", SNOW)
    board.iot.create("winter", model)
    board.run(600)
    assert board.iot.shadow["models"]["snow"]["version"] == "1.4"
    bare = {name: model[name] for name in ("handle", "url", "checksum")}
    bare["checksum"] = {"type": "SHA256", "sum": model["checksum"]["sum"]}
    board.iot.files["/other.bin"] = SNOW
    board.iot.create("spring", {**bare, "url": "other.bin"})
    board.run(2 * 3_600)
    assert "version" not in board.iot.shadow["models"]["snow"]
    assert board.iot.shadow["models"]["snow"]["checksum"] == model["checksum"]["sum"]


# One certificate, several agents ------------------------------------------------------------------


def test_an_agent_that_leaves_a_job_to_another_says_no_more_of_it(tmp_path, monkeypatch):
    """Not even while it rolls back: else the other would leave it as well."""
    deployments = "poll_s = 86400\nattempt_limit = 1000"
    board = IotBoard(tmp_path, monkeypatch, deployments=deployments)
    job = board.iot.create("winter", board.iot.put("snow", "2", SNOW))
    hold_download(board, 86_400)
    board.run(3_700)
    job.version += 1  # the other one has told of its progress
    before = list(job.updates)
    leaves = "another agent with this certificate works on it"
    while not any(leaves in line for line in board.log.lines):
        board.wait(board.agent.step())
    work = board.agent.core.deployments
    assert (work.at_work, work.progress) == ("winter:1", None)
    board.run(3_600)
    assert (job.status, job.updates) == ("IN_PROGRESS", before)
    board.check_tidy()
    board.iot.end(job, "SUCCEEDED")
    after = board.iot.create("spring", board.iot.put("hail", "1", SNOW))
    board.run(90_000)
    assert after.status == "SUCCEEDED"
    board.check_tidy()
    board.agent.close()


# Hooks that are commands --------------------------------------------------------------------------


@pytest.mark.parametrize("deploys", [True, False])
def test_a_job_that_is_cancelled_while_a_hook_runs(deploys, tmp_path, monkeypatch):
    """The hook comes to its end, and no other model takes its verdict; then all is taken back."""
    go, log = tmp_path / "go", tmp_path / "hooks"
    script = f"echo $0 $1 >> {log}; until [ -e {go} ]; do sleep 0.01; done"
    command = f"""["/bin/sh", "-c", "{script}", "WAY", "{{handle}}"]"""
    board = IotBoard(
        tmp_path / "device",
        monkeypatch,
        deployments="poll_s = 3600\nreserve_bytes = 0\nhook_limit_s = 3600\n"
        f"deploy_command = {command.replace('WAY', 'deploy')}\n"
        f"undeploy_command = {command.replace('WAY', 'undeploy')}",
    )
    go.touch()
    board.iot.create("autumn", board.iot.put("snow", "1", SNOW))
    board.run(900)
    assert board.current == {"snow": SNOW}
    go.unlink()
    log.unlink()
    first = (
        board.iot.put("snow", "2", b"new") if deploys else {"handle": "snow", "state": "UNDEPLOY"}
    )
    job = board.iot.create("winter", first, board.iot.put("rain", "1", b"rain"))
    board.run(2_700)
    while not log.exists() or not log.read_text():
        board.wait(board.agent.step())
    board.iot.end(job, "CANCELED")
    board.agent.core.due["poll"] = board.steady_s
    for _ in range(20):
        board.wait(board.agent.step())
    assert board.agent.core.deployments.is_withdrawn
    go.touch()
    while board.agent.core.deployments.at_work:
        board.wait(board.agent.step())
    board.run(60)
    way = "deploy" if deploys else "undeploy"
    assert log.read_text().splitlines() == [f"{way} snow", "deploy snow"]
    assert board.current == {"snow": SNOW}
    assert job.updates in ([], ["IN_PROGRESS"])
    board.check_tidy()
    board.agent.close()
