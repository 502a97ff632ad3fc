"""What is due when, and what becomes of beats and results: the jobs, with made-up times."""

from __future__ import annotations

import os
import signal

import pytest

from aws.errors import ServiceError, ValidationError
from edgemote import ConfigError
from edgemote.agent.cloud.edge import Cloud, read_deployment, read_ttl_s
from edgemote.agent.core import Outcome
from edgemote.agent.pacing import NEVER
from edgemote.agent.signals import Signals
from edgemote.agent.spool import Spool
from edgemote.errors import ConnectError, ReadTimeoutError

from .board import NOW_S, Board

DOWN = ConnectError("edge.example: refused")
THROTTLED = ServiceError("ThrottlingException", "slower", 400)
INVALID = ServiceError("ValidationException", "no such device", 400)


@pytest.fixture
def board(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch)
    yield board
    board.agent.close()


class SurprisingCloud:
    """A cloud whose listing is another."""

    def __init__(self, cloud, list_deployments):
        self._cloud = cloud
        self.list_deployments = list_deployments

    def __getattr__(self, name):
        return getattr(self._cloud, name)


def times(beats):
    return [round(beat["AgentMetrics"][0].Timestamp, 3) for beat in beats]


class TestRegistration:
    """Nothing but asking, until the device is registered."""

    def test_it_is_asked_for_again_when_its_time_has_run_out(self, board):
        board.run(3599)
        assert board.service.calls["register"] == 1
        board.run(2)
        assert board.service.calls["register"] == 2

    @pytest.mark.parametrize(
        ("text", "ttl_s"),
        [("900", 900), ("1", 60), ("-5", 60), ("1e99", 604_800), ("inf", 604_800), ("nan", 60)]
        + [(text, 3600) for text in ("", None, "an hour", "10 s")],
    )
    def test_its_time(self, text, ttl_s):
        assert read_ttl_s(text) == ttl_s

    def test_an_unregistered_device_asks_with_growing_pauses_and_does_nothing_else(self, board):
        board.service.registered = False
        board.run(3600)
        assert set(board.service.calls) == {"register"}
        assert 5 <= board.service.calls["register"] <= 12
        assert os.listdir(board.agent.config.folders.state) == []
        board.service.registered = True
        board.run(3600)
        assert board.service.calls["beat"] >= 1

    def test_a_device_that_is_no_longer_registered_stops(self, board):
        board.run(1)
        board.service.registered = False
        board.service.errors["beat"] = INVALID
        board.run(300)
        count = board.service.calls["beat"]
        board.run(3600)
        assert board.service.calls["beat"] == count == 2
        # What failed for that reason is no trouble of its own.
        assert board.agent.core.troubles == {}

    def test_a_beat_that_the_script_spoilt_says_nothing_of_the_registration(self, board):
        board.service.errors["beat"] = ValidationError("$.Models[0].ModelName: too short")
        board.run(1000)
        assert board.service.calls["register"] == 1
        assert board.agent.core.spool.depth == 0
        assert board.agent.core.status().dropped == board.service.calls["beat"]

    def test_without_a_link_it_measures_and_keeps(self, board):
        board.service.errors = dict.fromkeys(("register", "beat", "poll"), DOWN)
        board.run(1500)
        assert board.agent.core.spool.depth == 6
        board.service.errors = {}
        board.run(2400)
        assert board.agent.core.spool.depth == 0
        found = times(board.service.beats)
        assert found == sorted(found)
        assert found[0] == NOW_S


class TestBeats:
    """Sent, kept, sent in order."""

    def test_the_period(self, board):
        board.run(3000)
        assert times(board.service.beats) == [NOW_S + 300 * number for number in range(11)]
        assert os.listdir(board.agent.config.folders.state) == []

    def test_those_kept_are_sent_in_order_when_the_link_is_back(self, board):
        board.run(1)
        board.service.errors["beat"] = DOWN
        board.run(3000)
        assert board.agent.core.spool.depth == 10
        board.service.errors = {}
        board.run(3600)
        found = times(board.service.beats)
        assert found == sorted(found)
        assert len(found) == 23
        assert board.agent.core.spool.depth == 0

    def test_pauses_grow_while_the_link_is_down(self, board):
        """A beat that comes meanwhile is kept, and no reason to try again."""
        board.write_config(heartbeat="period_s = 10\njitter = 0")
        board.start()
        board.run(1)
        board.service.errors["beat"] = THROTTLED
        before = board.service.calls["beat"]
        board.run(1000)
        # From half a period to one and two thirds.
        assert 1000 / 17 <= board.service.calls["beat"] - before <= 100

    def test_a_trouble_is_logged_once_however_its_text_changes(self, board):
        board.run(1)

        def fail(members):
            number = board.service.calls["beat"]
            raise ServiceError("ThrottlingException", "slower", 400, request_id=f"r-{number}")

        board.service.errors["beat"] = fail
        board.run(3000)
        assert len([line for line in board.log.lines if "Throttling" in line]) == 1
        assert "r-" in board.agent.status().troubles["beat"]
        board.service.errors["beat"] = DOWN
        board.run(3000)
        assert len([line for line in board.log.lines if "refused" in line]) == 1
        board.service.errors = {}
        board.run(700)
        assert board.log.lines[-1] == "beat: recovered"
        assert board.agent.status().troubles == {}

    @pytest.mark.parametrize(
        "error",
        [
            INVALID,
            ServiceError("SerializationException", "", 400),
            ServiceError("413", "", 413),
            ValidationError("$"),
        ],
        ids=["invalid", "malformed", "too large", "never sent"],
    )
    def test_what_will_never_be_taken_does_not_hold_up_the_others(self, board, error):
        board.run(1)
        board.service.errors["beat"] = DOWN
        board.run(900)

        def refuse_first(members):
            if times([members]) == [NOW_S + 300]:
                raise error

        board.service.errors["beat"] = refuse_first
        board.run(700)
        assert NOW_S + 300 not in times(board.service.beats)
        assert NOW_S + 600 in times(board.service.beats)
        assert board.agent.core.spool.depth == 0
        assert board.agent.core.status().dropped == 1

    @pytest.mark.parametrize(
        ("code", "status"),
        [("InternalFailure", 500), ("AccessDenied", 403), ("404", 404), ("Odd", 400)],
    )
    def test_one_that_alone_is_refused_is_passed_over(self, board, code, status):
        board.run(1)
        board.service.errors["beat"] = DOWN
        board.run(1200)
        poison = [NOW_S + 300, NOW_S + 600]

        def refuse(members):
            if times([members])[0] in poison:
                raise ServiceError(code, "", status)

        board.service.errors["beat"] = refuse
        board.run(7200)
        found = times(board.service.beats)
        assert found == [NOW_S + 300 * n for n in range(29) if NOW_S + 300 * n not in poison]
        assert (board.agent.core.spool.depth, board.agent.core.status().dropped) == (0, 2)
        lines = [line for line in board.log.lines if "is skipped after 5 failed attempts" in line]
        assert len(lines) == 2

    def test_one_whose_answer_alone_is_cut_is_passed_over(self, board):
        board.run(1)
        board.service.errors["beat"] = DOWN
        board.run(900)
        poison = NOW_S + 300

        def cut(members):
            if times([members])[0] == poison:
                raise ReadTimeoutError("silent for 30 s")

        board.service.errors["beat"] = cut
        board.run(86_400)
        assert poison not in times(board.service.beats)
        assert NOW_S + 600 in times(board.service.beats)
        assert (board.agent.core.spool.depth, board.agent.core.status().dropped) == (0, 1)
        assert any("is skipped after 25 failed attempts" in line for line in board.log.lines)

    @pytest.mark.parametrize(
        ("error", "operations"),
        [
            (ServiceError("ServiceUnavailable", "", 503), ("beat", "register", "poll")),
            (ReadTimeoutError("silent for 30 s"), ("beat", "register", "poll")),
            (ServiceError("UnrecognizedClientException", "", 403), ("beat", "register", "poll")),
            (THROTTLED, ("beat",)),
            (DOWN, ("beat",)),
        ],
        ids=["outage", "silence", "keys", "throttled", "down"],
    )
    def test_where_everything_is_refused_nothing_is_lost(self, board, error, operations):
        board.run(1)
        board.service.errors = dict.fromkeys(operations, error)
        board.run(36_000)
        board.service.errors = {}
        board.run(4800)
        assert board.agent.core.spool.depth == 0
        assert board.agent.core.status().dropped == 0
        assert times(board.service.beats) == [NOW_S + 300 * number for number in range(137)]

    @pytest.mark.parametrize("error", [DOWN, THROTTLED], ids=["down", "throttled"])
    def test_what_is_too_old_goes_although_the_first_never_leaves(self, board, error):
        board.write_config(spool="limit_age_s = 3600")
        board.start()
        board.run(1)
        board.service.errors["beat"] = error
        board.run(36_000)
        # As old as the limit, and what came since the last poll.
        # As long as heartbeats fail, a poll has to wait for its turn.
        poll_s = board.agent.config.deployments.poll_s + 3600
        assert board.agent.core.spool.depth <= (3600 + poll_s) / 300 + 2
        assert board.agent.core.spool.depth + board.agent.core.spool.dropped == 120

    def test_nothing_is_too_old_by_a_clock_that_a_service_contradicts(self, board):
        """Which may not set it, over plain HTTP: a board that boots years ahead loses nothing."""
        board.run(1)
        board.service.errors["beat"] = DOWN
        board.run(1500)
        board.wall_s += 10 * 365 * 86_400
        board.start()
        board.clock.doubted = True
        del board.service.errors["beat"]
        board.run(4800)
        assert board.agent.core.spool.depth == board.agent.core.spool.dropped == 0
        assert len(board.service.beats) >= 20

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"?", b"17\n[]", b"17\n{", b"x\n{}", b"17\n\xff"),
            *(
                b'17\n{"AgentMetrics":[null]}',
                b'17\n{"Models":[7]}',
                b'17\n{"Models":[{"ModelMetrics":[[]]}]}',
            ),
            b'17\n{"AgentMetrics":[{"Timestamp":"x"}]}',
        ],
    )
    def test_a_kept_beat_that_cannot_be_read_is_dropped(self, board, body):
        """Flash that has lost a bit, or a spool of another version."""
        board.agent.core.spool.add(body, NOW_S, board.steady_s)
        board.agent.core.spool.add(
            board.agent._beats.encode({"AgentVersion": "9"}, NOW_S), NOW_S, 1.0
        )
        board.run(280)
        assert board.agent.core.spool.depth == 0
        assert [beat["AgentVersion"] for beat in board.service.beats[:1]] == ["9"]
        assert board.agent.core.status().dropped == 1

    def test_a_disk_that_dies_does_not_silence_the_device(self, board, monkeypatch):
        board.run(1)
        board.service.errors["beat"] = DOWN
        board.run(600)
        assert board.agent.core.spool.depth == 2
        board.service.errors = {}
        # As SQLite sees a file system that was mounted anew, for reading alone.
        monkeypatch.setattr(Spool, "_transact", lambda *_, **how: None)
        count, dropped = len(board.service.beats), board.agent.core.spool.dropped
        board.run(900)
        assert len(board.service.beats) == count + 3
        assert board.agent.core.spool.dropped == dropped
        # What is lost is counted once.
        board.service.errors["beat"] = DOWN
        board.run(900)
        assert board.agent.core.spool.dropped == dropped + 3

    def test_soon(self, board):
        board.run(10)
        board.agent.beat_soon()
        board.run(1)
        assert len(board.service.beats) == 2
        board.service.registered = False
        board.run(7200)
        count = len(board.service.beats)
        board.agent.beat_soon()
        board.run(10)
        assert len(board.service.beats) == count


class TestOutages:
    """A service that is out, and one that asks to be left alone."""

    def requests(self, board):
        return sum(board.service.calls.values())

    def test_one_call_at_a_time_asks_whether_it_is_back(self, board):
        board.run(1)
        board.service.errors = dict.fromkeys(("register", "beat", "poll", "report"), DOWN)
        board.service.deploy("winter")
        before = self.requests(board)
        board.run(7_200)
        # Every 150 s or more, whatever is due.
        assert 7_200 / 400 <= self.requests(board) - before <= 7_200 / 150 + 1

    def test_what_it_held_up_is_made_up_for_without_a_rush(self, board):
        board.run(1)
        board.service.errors = dict.fromkeys(("register", "beat", "poll"), DOWN)
        board.run(3_600)
        board.service.errors = {}
        before = self.requests(board)
        spent = []
        for _ in range(12):
            board.run(300)
            spent.append(self.requests(board) - before - sum(spent))
        assert board.agent.core.spool.depth <= 1
        assert max(spent) <= 5
        assert board.service.calls["poll"] >= 2

    def test_a_short_one_is_made_up_for_as_fast(self, board):
        board.run(1)
        board.service.errors["beat"] = DOWN
        board.run(900)
        board.service.errors = {}
        board.run(190 + 900 + 300)
        assert board.agent.core.spool.depth <= 1

    @pytest.mark.parametrize("operation", ["register", "beat", "poll", "report"])
    def test_every_job_waits_as_long_as_it_is_asked_to(self, board, operation):
        error = ServiceError("ServiceUnavailable", "", 503)
        error.headers = {"retry-after": "1000"}
        board.run(1)
        board.service.deploy("winter")
        board.service.errors[operation] = error
        if operation == "report":
            board.agent.core.due["poll"] = board.steady_s
        board.agent.core.due[operation] = board.steady_s
        board.run(1)
        count = board.service.calls[operation]
        board.run(990)
        assert board.service.calls[operation] == count
        board.run(1_700)
        assert board.service.calls[operation] > count

    @pytest.mark.parametrize("text", ["315360000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
    def test_nobody_silences_a_device(self, board, text):
        error = ServiceError("ServiceUnavailable", "", 503)
        error.headers = {"retry-after": text, "date": "Sun, 06 Nov 1994 08:49:37 GMT"}
        board.run(1)
        board.service.errors = dict.fromkeys(("register", "beat", "poll"), error)
        board.run(36_000)
        assert board.service.calls["beat"] >= 6
        board.service.errors = {}
        board.run(2 * 3_600)
        assert board.agent.core.spool.depth <= 1
        assert board.agent.core.status().dropped == 0

    def test_an_overrun_service_costs_no_heartbeat(self, board):
        """It refuses some and accepts others, as it does with one that alone is refused."""
        error = ServiceError("ServiceUnavailable", "", 503)
        error.headers = {"retry-after": "1"}
        board.run(1)
        board.service.errors["beat"] = error
        board.run(36_000)
        assert board.service.calls["register"] >= 2
        assert board.agent.core.status().dropped == 0

    def test_boards_whose_power_comes_back_do_not_register_at_once(self, board):
        board.write_config(heartbeat="period_s = 300")
        delays = []
        for _ in range(20):
            board.start(steady_s=30.0)
            delays.append(board.agent.step())
            assert not self.requests(board)
        assert max(delays) - min(delays) > 60
        assert max(delays) <= 300
        board.agent.beat_soon()
        board.run(31)
        assert board.service.calls["beat"] == 1
        # One that is started on a board that runs begins at once.
        board.start(steady_s=1_000.0)
        board.run(1)
        assert board.service.calls["register"] == 2


class TestClock:
    """Times that were wrong when a beat was kept."""

    def test_the_kept_time_never_goes_back(self, board):
        """Each service may be a quarter of an hour behind what was proven before."""
        board.run(1)
        file = board.folder / "state/time"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{NOW_S + 600:.0f} {NOW_S + 600:.0f}")
        board.start()
        board.clock.prove(board.clock.now())
        board.run(400)
        assert file.read_text() == f"{NOW_S + 600:.0f} {NOW_S + 600:.0f}"
        board.wait(86_400)
        board.clock.prove(board.clock.now())
        board.run(700)
        kept_s = int(file.read_text().split()[0])
        assert NOW_S + 86_400 < kept_s <= board.wall_s

    def test_a_far_future_that_a_wrong_server_has_proven_stays_and_silences_nobody(self, board):
        board.run(1)
        file = board.folder / "state/time"
        file.parent.mkdir(exist_ok=True)
        text = f"{NOW_S + 3e8:.0f} {NOW_S + 3e8:.0f}"
        file.write_text(text)
        board.start()
        board.run(90_000)
        assert file.read_text() == text
        assert board.agent.core.spool.depth == 0

    def test_no_beat_is_sent_before_the_service_has_told_the_time(self, board):
        board.wall_s = 10.0
        board.service.errors = dict.fromkeys(("register", "poll"), DOWN)
        board.run(1000)
        assert board.agent.core.spool.depth == 4
        assert board.service.calls["beat"] == 0

        def tell(members):
            if not board.clock.synced:
                board.clock.sync(NOW_S + board.steady_s)

        board.service.errors = dict.fromkeys(("register", "poll"), tell)
        board.run(2_400)
        found = times(board.service.beats)
        assert found == sorted(found)
        assert found == [NOW_S + 1_000 + 300 * number for number in range(12)]

    def test_a_board_that_sleeps_or_is_set_does_not_change_what_is_due(self, board):
        board.run(10)
        board.wall_s += 86_400
        board.run(10)
        board.wall_s -= 10 * 86_400
        board.run(10)
        assert len(board.service.beats) == 1


class TestResults:
    """A deployment's result is reported until it is accepted, and once."""

    def run_to_report(self, board):
        board.service.deploy("winter")
        if board.agent.core.due["poll"] != NEVER:
            board.agent.core.due["poll"] = board.steady_s
        board.run(1)

    def test_once(self, board):
        self.run_to_report(board)
        board.run(7200)
        assert board.service.results == ["winter"]
        assert board.agent.core.due["report"] == NEVER

    @pytest.mark.parametrize("error", [DOWN, THROTTLED], ids=["down", "throttled"])
    def test_it_is_tried_with_pauses(self, board, error):
        board.service.errors["report"] = error
        self.run_to_report(board)
        board.run(3600)
        assert 6 <= board.service.calls["report"] <= 20
        board.service.errors = {}
        board.run(700)
        assert board.service.results == ["winter"]
        assert board.agent.core.troubles == {}

    def test_an_answer_that_was_lost_is_no_trouble_for_ever(self, board):
        def lose(members):
            board.service.beats.append(members)
            board.service.deployments.clear()
            raise ReadTimeoutError("silent for 30 s")

        board.service.errors["report"] = lose
        self.run_to_report(board)
        board.run(700)
        assert board.service.results == ["winter"]
        assert board.service.calls["report"] == 1
        assert board.agent.core.troubles == {}

    def test_one_that_nobody_waits_for_does_not_hold_up_the_others(self, board):
        """A deployment that was deleted while it was carried out."""

        def refuse(members):
            if members["DeploymentResult"].DeploymentName == "winter":
                raise INVALID

        board.service.errors["report"] = refuse
        self.run_to_report(board)
        assert board.service.calls["report"] == 1
        board.service.deployments.clear()
        board.service.deploy("summer")
        board.agent.core.due["poll"] = board.steady_s
        board.run(700)
        assert board.service.results == ["summer"]
        assert board.agent.core.troubles == {}

    def test_one_that_is_refused_for_good_is_sent_once_more_and_passed_over(self, board):
        board.service.errors["report"] = INVALID
        self.run_to_report(board)
        board.run(3600)
        assert board.service.calls["report"] == 2
        assert "the service rejects its result, which is skipped" in "".join(board.log.lines)

    @pytest.mark.parametrize("status", [400, 403, 404])
    def test_one_that_alone_is_refused_is_passed_over(self, board, status):
        board.service.errors["report"] = ServiceError("Unknown", "no", status)
        self.run_to_report(board)
        board.run(40_000)
        assert "the service rejects its result, which is skipped" in "".join(board.log.lines)

    def test_another_deployment_does_not_hurry_a_report_that_pauses(self, board):
        board.service.errors["report"] = THROTTLED
        self.run_to_report(board)
        due = board.agent.core.due["report"]
        assert board.steady_s < due < NEVER
        board.agent.core.due["deploy"] = board.steady_s
        board.agent.step()
        assert board.agent.core.due["report"] == due

    def test_a_device_that_is_not_registered_any_more_carries_nothing_out(self, board):
        board.run(5)
        self.run_to_report(board)
        ended = []
        assert board.agent.core.deployments is not None
        board.agent.core.deployments.close = lambda: ended.append(True)
        board.service.registered = False
        board.run(4000)
        assert ended  # a hook's command, a download


class TestBudget:
    """What a metered link holds back."""

    def test_beats_are_kept_and_results_go(self, tmp_path, monkeypatch):
        board = Board(tmp_path, monkeypatch, link="day_limit_bytes = 100_000")
        board.run(1)
        # All but what is there for urgent messages.
        board.agent.core.budget.sent(88_000)
        board.run(600)
        assert board.agent.core.spool.depth == 2
        assert len(board.service.beats) == 1
        board.service.deploy("winter")
        board.agent.core.load_deployments().offer(
            map(read_deployment, board.service.deployments), NOW_S
        )
        board.agent.core.due["deploy"] = board.steady_s
        board.run(10)
        assert board.service.results == ["winter"]
        # Another day.
        board.run(86_400)
        assert board.agent.core.spool.depth == 0

    def test_it_holds_back_the_registration_too(self, tmp_path, monkeypatch):
        board = Board(tmp_path, monkeypatch, link="day_limit_bytes = 100_000")
        board.service.ttl = "60"
        board.run(1)
        board.agent.core.budget.sent(100_000)
        board.run(3600)
        assert board.service.calls["register"] == 1

    def test_reading_the_configuration_again_costs_nothing_of_it(self, tmp_path, monkeypatch):
        board = Board(tmp_path, monkeypatch, link="day_limit_bytes = 1_000_000")
        board.run(1)
        board.agent.core.budget.sent(10_000)
        used = board.agent.core.budget.used_bytes
        for _ in range(40):
            board.agent.configure(board.agent.config)
            board.agent.step()
        assert board.agent.core.budget.used_bytes == used


class TestSteps:
    """`step`, for scripts with a loop of their own."""

    def test_it_returns_the_seconds_until_the_next_one(self, board):
        while not (delay_s := board.agent.step(5.0)):
            pass
        assert delay_s == 300.0
        assert board.agent.step(100.0) == 205.0
        assert len(board.service.beats) == 1
        board.agent.step(305.0)
        assert len(board.service.beats) == 2

    def test_it_is_never_due_before_now(self, board):
        board.run(10)
        board.agent.beat_soon()
        assert board.agent.core.due["beat"] < 0
        board.agent.core.due["drain"] = board.agent.core.due["poll"] = board.steady_s - 5
        assert board.agent.step() == 0.0

    def test_what_a_step_takes_is_no_delay(self, board):
        board.run(10)
        board.service.errors["beat"] = lambda members: board.wait(100)
        board.wait(290)
        while board.service.calls["beat"] < 2:
            delay_s = board.agent.step()
        assert delay_s == min(board.agent.core.due.values()) - board.steady_s <= 200

    def test_after_a_sleep_of_the_board_it_goes_on_at_once(self, board):
        board.run(10)
        assert 0 < board.agent.step() <= 300
        board.wait(36_000)  # the wait that the answer began goes on where it was
        beats = len(board.service.beats)
        while not board.agent.step():
            pass
        assert len(board.service.beats) == beats + 1

    def test_an_error_that_nobody_thought_of_is_logged_and_the_job_tried_again(self, board):
        board.service.errors["poll"] = RuntimeError("surprise")
        board.run(3600)
        assert any("poll: unexpected RuntimeError: surprise (" in line for line in board.log.lines)
        assert 5 <= board.service.calls["poll"] <= 20
        assert len(board.service.beats) == 13

    def test_an_error_after_an_accepted_call_is_tried_again_with_growing_pauses(self, board):
        board.run(1)
        core = board.agent.core
        listed = core.cloud.list_deployments

        def surprise():
            listed()
            return iter(lambda: 1 / 0, None)

        core.cloud = SurprisingCloud(core.cloud, surprise)
        core.due["poll"] = board.steady_s
        board.run(3600)
        assert 5 <= board.service.calls["poll"] <= 20
        lines = [line for line in board.log.lines if "poll: unexpected ZeroDivisionError" in line]
        assert len(lines) == board.service.calls["poll"] - 1
        core.cloud.list_deployments = listed
        board.run(700)
        assert not core.surprises

    def test_nothing_but_an_interrupt_leaves_it(self, board):
        class UnspeakableError(BaseException):
            def __str__(self):
                raise SystemExit

        for error in (SystemExit(3), GeneratorExit(), UnspeakableError()):
            board.service.errors["beat"] = lambda members, error=error: (_ for _ in ()).throw(error)
            board.agent.beat_soon()
            board.run(1000)
            assert any(
                f"beat: unexpected {type(error).__name__}" in line for line in board.log.lines
            )
        board.service.errors = {}
        board.run(1000)
        assert board.service.beats

    def test_a_hook_must_be_a_function(self, board):
        for decorate in (board.agent.on_deploy, board.agent.on_undeploy):
            with pytest.raises(ValidationError, match="expected a function, got str"):
                decorate("x")

    def test_a_job_that_is_interrupted_stays_due(self, board):
        board.run(1)
        board.service.errors["beat"] = lambda members: (_ for _ in ()).throw(KeyboardInterrupt)
        board.wait(300)
        with pytest.raises(KeyboardInterrupt):
            board.agent.step()
        board.service.errors = {}
        board.run(1)
        assert len(board.service.beats) == 2

    def test_a_drain_does_not_starve_the_others(self, board):
        board.service.errors["beat"] = DOWN
        board.run(30_000)
        board.service.errors = {}
        board.run(1_000)
        board.agent.core.hurries = True
        board.agent.core.due["drain"] = board.steady_s
        for _ in range(20):
            board.agent.core.due["poll"] = min(board.agent.core.due["poll"], board.steady_s)
            board.wait(0.01)
            board.agent.step()
        assert board.service.calls["poll"] > 5
        assert board.agent.core.spool.depth > 50


class TestConfigure:
    """Reading the configuration again."""

    def test_what_was_wrong_before_is_forgotten(self, board):
        board.service.errors["poll"] = THROTTLED
        board.run(600)
        assert "poll" in board.agent.core.troubles
        board.write_config(deployments="enabled = false")
        board.agent.configure(board.agent.config)
        assert board.agent.core.troubles == {}

    def test_the_level_of_the_log(self, board, tmp_path, monkeypatch, capfd):
        from edgemote import Agent
        from edgemote.agent.config import load

        board.agent.close()
        agent = Agent(load(str(board.config)))
        agent.log.debug("unsaid")
        board.write_config(log='level = "debug"')
        agent.configure(load(str(board.config)))
        agent.log.debug("said")
        assert capfd.readouterr().err == "DEBUG said\n"
        agent.close()

    def test_a_folder_in_place_of_the_journal_stops_nothing(self, board):
        board.agent.close()
        os.makedirs(os.path.join(board.agent.config.folders.state, "deployment.json"))
        board.start()
        assert any("deployment.json is not a file; moved aside" in line for line in board.log.lines)
        board.service.deploy("winter")
        board.run(900)
        assert board.service.results == ["winter"]
        assert len(board.service.beats) == 5

    def test_kept_beats_and_work_in_hand_stay(self, board):
        board.run(1)
        board.service.errors = dict.fromkeys(("beat", "report"), DOWN)
        board.service.deploy("winter")
        board.agent.core.due["poll"] = board.steady_s
        board.run(600)
        kept = board.agent.core.spool.depth
        board.agent.configure(board.agent.config)
        assert board.agent.core.spool.depth == kept > 0
        board.service.errors = {}
        board.run(700)
        assert board.service.results == ["winter"]
        assert board.agent.core.spool.depth == 0


class TestSignals:
    """The loop, in this process."""

    def test_a_second_reload_that_comes_during_the_first_is_done_too(self, board):
        names = []

        def load_again(config):
            names.append(config.device.name)
            if len(names) == 1:
                board.write_config(device='name = "cam-9"\nfleet = "dock"\nregion = "us-west-2"')
                os.kill(os.getpid(), signal.SIGHUP)
            else:
                os.kill(os.getpid(), signal.SIGTERM)

        def step():
            if not names:
                os.kill(os.getpid(), signal.SIGHUP)
            return 0.0

        board.agent.configure, board.agent.step = load_again, step
        board.agent.path = str(board.config)
        assert board.agent.run() == 0
        assert names == ["cam-7", "cam-9"]

    def test_handlers_are_put_back(self, board):
        before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
        board.agent.step = lambda: os.kill(os.getpid(), signal.SIGTERM) or 0.0
        assert board.agent.run() == 0
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


class TestOnce:
    """`--once`."""

    @pytest.fixture(autouse=True)
    def no_sleep(self, board, monkeypatch):
        monkeypatch.setattr(Signals, "wait", lambda self, wait_s: board.wait(max(0.0, wait_s)))

    def test_all(self, board):
        board.service.deploy("winter")
        assert board.agent.run_once()
        assert board.service.results == ["winter"]

    def test_what_the_budget_holds_back_is_not_done(self, board):
        board.write_config(link="day_limit_bytes = 100_000")
        board.start()
        board.agent.core.budget.wait_s(1, NOW_S, 1.0)
        board.agent.core.budget.sent(88_000)
        assert not board.agent.run_once()

    def test_without_deployments(self, board):
        board.write_config(deployments="enabled = false")
        board.start()
        assert board.agent.run_once()
        assert board.service.calls["poll"] == 0

    def test_a_report_that_is_refused_ends_it(self, board):
        board.service.deploy("winter")
        board.service.errors["report"] = THROTTLED
        assert not board.agent.run_once()
        assert board.service.calls["report"] == 1


def test_outcomes():
    for error, again, accepted_perhaps in (
        (None, False, False),
        (DOWN, True, False),
        (ReadTimeoutError("x"), True, True),
        (ServiceError("InternalServiceException", "", 500), True, True),
        (THROTTLED, True, False),
        (ServiceError("ExpiredTokenException", "", 403), True, False),
        (INVALID, False, False),
        (ConfigError("ca_file"), True, False),
    ):
        outcome = Outcome(None, error, Cloud.final_codes)
        assert (outcome.again, outcome.accepted_perhaps) == (again, accepted_perhaps), error


def test_beats_by_a_clock_that_goes_on_from_before_a_restart_get_their_right_time(board):
    """It is behind by as long as the restart took, which could be taken for a drift."""
    board.wall_s = 5.0
    board.clock.recall(NOW_S - 30)
    core = board.agent.core
    assert core.keep(core.make_beat())
    assert board.clock.judges()
    board.wait(10)
    assert core.keep(core.make_beat())
    board.clock.sync(NOW_S + 10)
    core.spool.follow_clock(board.clock.now(), board.clock.steady())
    for at_s in (NOW_S, NOW_S + 10):
        number, found_s, body = core.spool.first()
        assert found_s == pytest.approx(at_s, abs=1)
        metrics = core.restore_beat(found_s, body)["AgentMetrics"]
        assert all(metric.Timestamp == pytest.approx(at_s, abs=1) for metric in metrics)
        core.spool.remove(number)
