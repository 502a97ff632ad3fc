"""The benchmark of the protocols runs: each job of each case once, without a clock."""

from __future__ import annotations

import pytest

from bench import protocols


@pytest.mark.parametrize("case", protocols.CASES, ids=lambda case: case.operation)
def test_each_job_of_a_case_runs(case, monkeypatch, capsys):
    def run_once(**jobs):
        for job in jobs.values():
            job()
        return dict.fromkeys(jobs, 1.0)

    monkeypatch.setattr(protocols, "best_us", run_once)
    protocols.measure_case(case)
    assert f"{case.service}:{case.operation}" in capsys.readouterr().out
