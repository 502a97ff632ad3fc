"""What became of a fleet, in figures."""

from __future__ import annotations

from typing import Any

from .fleet import BACK_S, OUT_S, PERIOD_S, STEADY_S, WATCHED_S, Fleet

WINDOWS_S = (10, 60, int(PERIOD_S))


def describe(fleet: Fleet) -> dict[str, Any]:
    """peak_N_s: the highest rate over N seconds from the beginning of the outage on, as a multiple
    of the steady one; out_N_s is that of the outage alone.
    """
    steady = sum(fleet.offered[STEADY_S:OUT_S]) / (OUT_S - STEADY_S)
    lost = dropped = kept = 0
    for device in fleet.devices:
        assert device.agent is not None
        spool = device.agent.core.spool
        dropped, kept = dropped + spool.dropped, kept + spool.depth
        in_order = list(range(1, len(device.delivered) + 1))
        lost += device.delivered != in_order or device.made - len(in_order) != spool.depth
    return {
        "agents": fleet.count,
        "steady_per_s": round(steady, 2),
        **{
            f"peak_{seconds}_s": round(peak(fleet.offered[OUT_S:], seconds) / steady, 2)
            for seconds in WINDOWS_S
        },
        **{
            f"out_{seconds}_s": round(peak(fleet.offered[OUT_S:BACK_S], seconds) / steady, 2)
            for seconds in WINDOWS_S
        },
        "turned_away": sum(fleet.turned_away[OUT_S:]),
        "half_delivered_min": minutes(fleet, 0.5),
        "all_delivered_min": minutes(fleet, 1.0),
        "kept_at_the_end": kept,
        "dropped": dropped,
        "errors_logged": len(fleet.log.errors),
        "devices_with_lost_beats": lost,
    }


def peak(offered: list[int], seconds: int) -> float:
    """The highest rate of any so many seconds."""
    total = best = sum(offered[:seconds])
    for index in range(seconds, len(offered)):
        total += offered[index] - offered[index - seconds]
        best = max(best, total)
    return best / seconds


def minutes(fleet: Fleet, share: float) -> float:
    """Minutes after the outage by which this share of the devices had delivered all they kept."""
    found = sorted(device.caught_up_s for device in fleet.devices)
    at_s = found[max(0, round(len(found) * share) - 1)]
    return round((min(at_s, BACK_S + WATCHED_S) - BACK_S) / 60, 1)
