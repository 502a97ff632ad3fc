"""What the endpoint accepted, in SQLite (schema.sql): written whole, read back as it was sent."""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_name("schema.sql")

# Column by wire name, for the structures that are kept as rows.
METRIC = {
    "Dimension": "dimension",
    "MetricName": "name",
    "Value": "value",
    "Timestamp": "timestamp",
}
MODEL = {
    "ModelName": "name",
    "ModelVersion": "version",
    "LatestSampleTime": "latest_sample_time",
    "LatestInference": "latest_inference",
}
RESULT = {
    "DeploymentName": "name",
    "DeploymentStatus": "status",
    "DeploymentStatusMessage": "message",
    "DeploymentStartTime": "start_time",
    "DeploymentEndTime": "end_time",
}
RESULT_MODEL = {
    "ModelHandle": "handle",
    "ModelName": "name",
    "ModelVersion": "version",
    "DesiredState": "desired_state",
    "State": "state",
    "Status": "status",
    "StatusReason": "status_reason",
    "RollbackFailureReason": "rollback_failure_reason",
}
HEARTBEAT = {
    "AgentVersion": "agent_version",
    "DeviceName": "device",
    "DeviceFleetName": "fleet",
}

Row = dict[str, Any]


class Store:
    """One database, shared by the endpoint's threads. `path` is a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        # Test data: it need not survive a power cut, and a flush for each heartbeat is slow.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(SCHEMA.read_text())

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside, nested ones included; other threads wait."""
        with self._lock:
            if self._depth:
                yield
                return
            self._depth = 1
            try:
                with self._database:
                    yield
            finally:
                self._depth = 0

    def rows(self, query: str, *values: Any) -> list[Row]:
        """The rows of any SELECT, as dicts."""
        with self._lock:
            return [dict(row) for row in self._database.execute(query, values)]

    def count(self, table: str) -> int:
        return self.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]

    def requests(self) -> list[Row]:
        """Every request in order of arrival, refused ones too; `headers` as a list of pairs."""
        return [
            {**row, "headers": json.loads(row["headers"])}
            for row in self.rows("SELECT * FROM requests ORDER BY rowid")
        ]

    def add_request(self, **columns: Any) -> None:
        self._insert("requests", columns)

    def register(
        self, fleet: str, device: str, *, registration: str = "REGISTERED", cache_ttl_s: int = 3600
    ) -> None:
        with self.transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO registrations VALUES (?, ?, ?, ?)",
                (fleet, device, registration, cache_ttl_s),
            )

    def unregister(self, fleet: str, device: str) -> None:
        with self.transaction():
            self._database.execute(
                "DELETE FROM registrations WHERE fleet = ? AND device = ?", (fleet, device)
            )

    def find_registration(self, fleet: str, device: str) -> tuple[str, int] | None:
        """The registration text and how many seconds it may be kept."""
        found = self.rows(
            "SELECT registration, cache_ttl_s FROM registrations WHERE fleet = ? AND device = ?",
            fleet,
            device,
        )
        return (found[0]["registration"], found[0]["cache_ttl_s"]) if found else None

    def add_deployment(
        self, fleet: str, device: str | None, document: Row, *, now_s: float
    ) -> None:
        """Queue an EdgeDeployment (wire names) for one device, or for the fleet's devices."""
        with self.transaction():
            latest = self.rows("SELECT coalesce(max(id), 0) AS id FROM deployment_results")
            self._insert(
                "deployments",
                {
                    "fleet": fleet,
                    "device": device,
                    "name": document.get("DeploymentName"),
                    "created_at": now_s,
                    "document": json.dumps(document),
                    "after_result": latest[0]["id"],
                },
            )

    def pending_deployments(self, fleet: str, device: str) -> list[Row]:
        """EdgeDeployments, oldest first, whose result this device has not reported yet."""
        found = self.rows(
            """
            SELECT document FROM deployments AS d
            WHERE fleet = ? AND (device IS NULL OR device = ?) AND NOT EXISTS (
                SELECT 1 FROM deployment_results AS r JOIN heartbeats AS h ON h.id = r.heartbeat_id
                WHERE r.name = d.name AND r.id > d.after_result AND h.fleet = ? AND h.device = ?)
            ORDER BY id
            """,
            *(fleet, device) * 2,
        )
        return [json.loads(row["document"]) for row in found]

    def add_heartbeat(self, request_id: str, now_s: float, sent: Row) -> None:
        """Keep a checked SendHeartbeat input (wire names, times and values as float)."""
        with self.transaction():
            heartbeat_id = self._insert(
                "heartbeats",
                {
                    "request_id": request_id,
                    "received_at": now_s,
                    **_columns(HEARTBEAT, sent),
                    "has_metrics": "AgentMetrics" in sent,
                    "has_models": "Models" in sent,
                },
            )
            self._add_metrics(sent.get("AgentMetrics", []), heartbeat_id, None)
            for model in sent.get("Models", []):
                has_metrics = "ModelMetrics" in model
                columns = {**_columns(MODEL, model), "has_metrics": has_metrics}
                model_id = self._insert("models", {"heartbeat_id": heartbeat_id, **columns})
                self._add_metrics(model.get("ModelMetrics", []), heartbeat_id, model_id)
            if "DeploymentResult" in sent:
                self._add_result(sent["DeploymentResult"], heartbeat_id)

    def heartbeats(self) -> list[Row]:
        """Every accepted heartbeat as its wire document, put together from the tables again."""
        with self._lock:
            found = self.rows("SELECT * FROM heartbeats ORDER BY id")
            return [self._read_heartbeat(row) for row in found]

    def _add_metrics(self, metrics: list[Row], heartbeat_id: int, model_id: int | None) -> None:
        owner = {"heartbeat_id": heartbeat_id, "model_id": model_id}
        for metric in metrics:
            columns = _columns(METRIC, metric)
            if isinstance(columns["value"], float) and math.isnan(columns["value"]):
                columns["value"] = "NaN"
            self._insert("metrics", {**owner, **columns})

    def _add_result(self, result: Row, heartbeat_id: int) -> None:
        has_models = "DeploymentModels" in result
        columns = {**_columns(RESULT, result), "has_models": has_models}
        result_id = self._insert("deployment_results", {"heartbeat_id": heartbeat_id, **columns})
        for model in result.get("DeploymentModels", []):
            columns = _columns(RESULT_MODEL, model)
            self._insert("deployment_models", {"result_id": result_id, **columns})

    def _read_heartbeat(self, row: Row) -> Row:
        document = _members(HEARTBEAT, row)
        if row["has_metrics"]:
            document["AgentMetrics"] = self._read_metrics(row["id"], None)
        if row["has_models"]:
            document["Models"] = [
                {
                    **_members(MODEL, model),
                    **(
                        {"ModelMetrics": self._read_metrics(row["id"], model["id"])}
                        if model["has_metrics"]
                        else {}
                    ),
                }
                for model in self._owned("models", "heartbeat_id", row["id"])
            ]
        for result in self._owned("deployment_results", "heartbeat_id", row["id"]):
            document["DeploymentResult"] = _members(RESULT, result)
            if result["has_models"]:
                document["DeploymentResult"]["DeploymentModels"] = [
                    _members(RESULT_MODEL, model)
                    for model in self._owned("deployment_models", "result_id", result["id"])
                ]
        return document

    def _read_metrics(self, heartbeat_id: int, model_id: int | None) -> list[Row]:
        metrics = []
        for row in self._owned("metrics", "heartbeat_id", heartbeat_id):
            if row["model_id"] == model_id:
                if row["value"] == "NaN":
                    row["value"] = math.nan
                metrics.append(_members(METRIC, row))
        return metrics

    def _owned(self, table: str, column: str, owner: int) -> list[Row]:
        return self.rows(f"SELECT * FROM {table} WHERE {column} = ? ORDER BY id", owner)

    def _insert(self, table: str, columns: Row) -> int:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        query = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        with self._lock:
            return self._database.execute(query, tuple(columns.values())).lastrowid or 0


def open_rows(path: Path, queries: dict[str, str]) -> dict[str, list[Row]]:
    """The rows of several SELECTs from a database that another process may be writing."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return {
            title: [dict(row) for row in database.execute(query)]
            for title, query in queries.items()
        }


def _columns(names: dict[str, str], document: Row) -> Row:
    return {column: document.get(name) for name, column in names.items()}


def _members(names: dict[str, str], row: Row) -> Row:
    return {name: row[column] for name, column in names.items() if row[column] is not None}
