"""Hooks: functions and commands, their verdicts, and their time limit."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress

import pytest

from edgemote.agent.deployments.hooks import Command, Hooks, Verdict, call, shorten
from runtime.deployments.device import Device, define, make, summary

LONG_S = 60.0


def finish(started):
    """Poll a command to its verdict; real time is its steady time."""
    while not isinstance(started, Verdict):
        verdict = started.poll(time.monotonic())
        if verdict is not None:
            return verdict
        time.sleep(0.005)
    return started


def run(*words, limit_s=LONG_S, handle="m", path="/models/m.bin"):
    hooks = Hooks(deploy_command=words, limit_s=limit_s)
    return finish(hooks.start(True, handle, path, time.monotonic()))


def script(text):
    return (sys.executable, "-c", text)


class TestCommands:
    def test_accepts(self):
        assert run("true").accepted

    def test_words_are_filled_in_and_no_shell_reads_them(self):
        text = "import sys; print(sys.argv[1:]); sys.exit(1)"
        verdict = run(*script(text), "{handle}", "--at={path}", "$HOME;", path="/a b/{handle}.bin")
        assert verdict.reason == ("['m', '--at=/a b/{handle}.bin', '$HOME;'] (exit status 1)")

    def test_the_last_line_is_the_reason(self):
        verdict = run(*script("print('one'); print('two\\x07'); print(); raise SystemExit(3)"))
        assert (verdict.accepted, verdict.clean) == (False, True)
        assert verdict.reason == "two? (exit status 3)"

    def test_errors_are_read_too(self):
        verdict = run(*script("raise SystemExit('no such layer')"))
        assert verdict.reason == "no such layer (exit status 1)"

    def test_a_signal(self):
        verdict = run(*script("import os; os.kill(os.getpid(), 9)"))
        assert (verdict.accepted, verdict.clean) == (False, False)
        assert verdict.reason == "ended by signal 9"

    def test_no_such_program(self):
        verdict = run("/no/such/program")
        assert not verdict.accepted
        assert "cannot start /no/such/program: No such file" in verdict.reason

    def test_much_output_is_bounded_and_does_not_hold_it_up(self):
        verdict = run(*script("print('x' * 5_000_000); raise SystemExit(1)"))
        assert verdict.reason == "x" * 253 + "..."

    def test_one_that_hangs_is_ended_with_its_children(self, tmp_path):
        names = tmp_path / "pids"
        text = (
            "import os, time, sys\n"
            "child = os.fork()\n"
            f"if child: open({str(names)!r}, 'w').write(f'{{os.getpid()}} {{child}}')\n"
            "time.sleep(600)"
        )
        hooks = Hooks(deploy_command=script(text), limit_s=LONG_S)
        command = hooks.start(True, "m", "p", 0.0)
        assert isinstance(command, Command)
        while not names.exists() or len(names.read_text().split()) < 2:
            assert command.poll(LONG_S - 0.1) is None
            time.sleep(0.005)
        verdict = command.poll(LONG_S)
        assert (verdict.accepted, verdict.clean) == (False, False)
        assert verdict.reason == "took longer than 60 s"
        for pid in map(int, names.read_text().split()):
            until_gone(pid)

    def test_what_it_starts_and_leaves_does_not_hold_it_up(self, tmp_path):
        left = tmp_path / "pid"
        text = (
            "import os, time\n"
            "child = os.fork()\n"
            f"if child: open({str(left)!r}, 'w').write(str(child))\n"
            "else: time.sleep(600)"
        )
        try:
            assert run(*script(text)).accepted
        finally:
            os.kill(int(left.read_text()), signal.SIGKILL)  # which is there

    def test_no_descriptor_is_left(self):
        run("true")
        before = os.listdir("/proc/self/fd")
        run("true")
        run("false")
        run("/no/such/program")
        run("sleep", "60", limit_s=0.05)
        assert os.listdir("/proc/self/fd") == before

    def test_a_script_that_ignores_its_children(self):
        before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            verdict = run("true")
        finally:
            signal.signal(signal.SIGCHLD, before)
        assert (verdict.accepted, verdict.clean) == (False, False)
        assert "exit status was taken" in verdict.reason


def until_gone(pid):
    for _ in range(2000):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except FileNotFoundError:
            return
        time.sleep(0.005)
    raise AssertionError(f"process {pid} goes on")


class TestFunctions:
    @pytest.mark.parametrize(
        ("answer", "accepted"), [(None, True), (True, True), (1, True), (False, False), (0, False)]
    )
    def test_answers(self, answer, accepted):
        verdict = call(lambda handle, path: answer, "m", "p", LONG_S)
        assert (verdict.accepted, verdict.clean) == (accepted, True)

    def test_arguments(self):
        seen = []
        call(lambda *arguments: seen.append(arguments), "m", "/p", LONG_S)
        assert seen == [("m", "/p")]

    def test_an_exception(self):
        verdict = call(lambda handle, path: {}[path], "m", "p", LONG_S)
        assert (verdict.accepted, verdict.clean) == (False, False)
        assert verdict.reason == "KeyError: 'p'"

    @pytest.mark.parametrize("kind", [SystemExit, GeneratorExit, BaseException])
    def test_what_it_raises_is_its_answer(self, kind):
        def fail(handle, path):
            raise kind("no layer")

        verdict = call(fail, "m", "p", LONG_S)
        assert (verdict.accepted, verdict.clean) == (False, False)
        assert verdict.reason == f"{kind.__name__}: no layer"

    def test_errors_and_answers_that_fail_themselves(self):
        class UnspeakableError(Exception):
            def __str__(self):
                raise SystemExit

            def __bool__(self):
                raise self

        def fail(handle, path):
            raise UnspeakableError

        for hook in (fail, lambda handle, path: UnspeakableError()):
            verdict = call(hook, "m", "p", LONG_S)
            assert (verdict.accepted, verdict.clean) == (False, False)
            assert verdict.reason.startswith("UnspeakableError: ")

    def test_one_that_swallows_every_exception_is_interrupted_again(self):
        def stubborn(handle, path):
            with suppress(Exception):
                signal.pause()
            try:
                signal.pause()
            finally:
                signal.pause()

        assert call(stubborn, "m", "p", 0.05).reason == "took longer than 0.05 s"

    def test_an_interrupt_from_the_keyboard_comes_through(self):
        def interrupt(handle, path):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            call(interrupt, "m", "p", LONG_S)
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)

    def test_alarms_of_the_script_are_put_back(self):
        rings = []
        before = signal.signal(signal.SIGALRM, lambda number, frame: rings.append(number))
        signal.setitimer(signal.ITIMER_REAL, 30.0, 7.0)
        try:
            call(lambda handle, path: None, "m", "p", LONG_S)
            left_s, interval_s = signal.getitimer(signal.ITIMER_REAL)
            assert 20 < left_s <= 30
            assert interval_s == 7
            signal.raise_signal(signal.SIGALRM)
            assert rings == [signal.SIGALRM]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def test_in_another_thread_there_is_no_limit(self):
        verdicts = []
        work = threading.Thread(
            target=lambda: verdicts.append(
                call(lambda handle, path: time.sleep(0.05), "m", "p", 0.01)
            )
        )
        work.start()
        work.join()
        assert verdicts[0].accepted


def test_a_reason_is_one_line():
    assert shorten("a\n b\t\0c") == "a b ?c"
    assert len(shorten("x" * 1000)) == 256


CONTENT = b"a model"


def test_a_command_decides_a_deployment(open_device, s3):
    url = s3.put("hooks", "m-1.bin", CONTENT)
    command = script("import sys; print('not ' + open(sys.argv[1]).read()); sys.exit(1)")
    device = open_device(Hooks(deploy_command=(*command, "{path}")))
    device.real_pause_s = 0.01
    result = device.finish(make("d", define("m", url, CONTENT)))
    assert summary(result)["m"][1] == "hook: not a model (exit status 1)"
    assert device.current() == {}


def test_a_command_that_runs_is_ended_at_the_end(open_device, s3, tmp_path):
    url = s3.put("hooks", "m-1.bin", CONTENT)
    calls = tmp_path / "calls"
    command = script(f"import time; open({str(calls)!r}, 'a').write('x'); time.sleep(600)")
    for number in range(5):  # more than a hook that ends the process gets
        device = open_device(Hooks(deploy_command=command, limit_s=1e9))
        device.deployments.offer([make("d", define("m", url, CONTENT))], device.now_s)
        while not calls.exists() or len(calls.read_text()) <= number:
            device.step()
        device.deployments.close()
    result = open_device(Hooks(deploy_command=("true",), limit_s=1e9))
    result.real_pause_s = 0.01
    assert result.finish().status == "SUCCESS"


def test_a_hook_that_ends_the_process_each_time(open_device, s3, tmp_path):
    """It is called three times, then the deployment fails: a board must not start for ever."""
    url = s3.put("hooks", "m-1.bin", CONTENT)
    calls = tmp_path / "calls"

    def crash(handle, path):
        with open(calls, "a") as file:
            file.write("x")
        os._exit(7)

    listed = make("d", define("m", url, CONTENT))
    for _ in range(5):
        pid = os.fork()
        if pid == 0:
            try:
                Device(tmp_path, s3.url, Hooks(crash)).finish(listed)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
    assert calls.read_text() == "xxx"
    result = open_device().finish()
    assert "the process died each time" in summary(result)["m"][1]
