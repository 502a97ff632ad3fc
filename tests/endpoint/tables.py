"""What the store holds, as small aligned tables for a person."""

from __future__ import annotations

from pathlib import Path
from time import gmtime, strftime
from typing import Any

from endpoint.store import Row, open_rows

ROW_LIMIT = 20
CELL_LIMIT = 48

# Title and query; columns that end in _at or _time, and `timestamp`, are shown as UTC.
TABLES = {
    "registrations": "SELECT fleet, device, registration, cache_ttl_s FROM registrations",
    "heartbeats": """
        SELECT received_at, fleet, device, agent_version AS agent,
            (SELECT count(*) FROM metrics AS m
                WHERE m.heartbeat_id = h.id AND m.model_id IS NULL) AS metrics,
            (SELECT count(*) FROM models AS m WHERE m.heartbeat_id = h.id) AS models,
            (SELECT name || ' ' || status FROM deployment_results AS r
                WHERE r.heartbeat_id = h.id) AS result
        FROM heartbeats AS h ORDER BY id""",
    "metrics of the latest heartbeat": """
        SELECT (SELECT name FROM models AS o WHERE o.id = m.model_id) AS model,
            dimension, name AS metric, value, timestamp
        FROM metrics AS m WHERE heartbeat_id = (SELECT max(id) FROM heartbeats) ORDER BY id""",
    "models of the latest heartbeat": """
        SELECT name AS model, version, latest_sample_time, latest_inference AS inference_time
        FROM models WHERE heartbeat_id = (SELECT max(id) FROM heartbeats) ORDER BY id""",
    "deployments": """
        SELECT created_at, fleet, coalesce(device, '(every device)') AS device, name,
            (SELECT count(DISTINCT h.device) FROM deployment_results AS r
                JOIN heartbeats AS h ON h.id = r.heartbeat_id
                WHERE r.name = d.name AND r.id > d.after_result AND h.fleet = d.fleet
                    AND (d.device IS NULL OR d.device = h.device)) AS results
        FROM deployments AS d ORDER BY id""",
    "deployment results": """
        SELECT h.fleet, h.device, r.name AS deployment, r.status, r.message, r.end_time,
            (SELECT count(*) FROM deployment_models AS m WHERE m.result_id = r.id) AS models
        FROM deployment_results AS r JOIN heartbeats AS h ON h.id = r.heartbeat_id
        ORDER BY r.id""",
    "requests": """
        SELECT coalesce(operation, method || ' ' || target) AS operation, status, error,
            signature, fault, count(*) AS requests, count(DISTINCT connection) AS connections
        FROM requests GROUP BY 1, 2, 3, 4, 5 ORDER BY min(rowid)""",
}


def show(database: Path) -> str:
    """Every table that has rows, the latest rows last."""
    blocks = [
        f"{title}\n{align(rows)}" for title, rows in open_rows(database, TABLES).items() if rows
    ]
    return "\n\n".join(blocks) or "nothing stored yet"


def align(rows: list[Row]) -> str:
    """Rows as columns of text, numbers to the right; only the last ROW_LIMIT of them."""
    left_out = len(rows) - ROW_LIMIT
    rows = rows[-ROW_LIMIT:]
    names = list(rows[0])
    cells = [[_cell(name, row[name]) for name in names] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(names, *cells, strict=True)]
    to_right = [
        all(isinstance(row[name], (int, float)) and not _is_time(name) for row in rows)
        for name in names
    ]
    lines = [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, to_right, strict=True)
        ).rstrip()
        for line in [names, ["-" * width for width in widths], *cells]
    ]
    if left_out > 0:
        lines.append(f"({left_out} earlier)")
    return "\n".join("  " + line for line in lines)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if _is_time(name):
        try:
            return strftime("%Y-%m-%d %H:%M:%S", gmtime(value))
        except (OverflowError, ValueError, OSError):
            return f"{value:.6g}"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    # What a device sent must not steer the terminal.
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def _is_time(name: str) -> bool:
    return name.endswith(("_at", "_time")) or name == "timestamp"
