-- What the endpoint keeps. Times are POSIX seconds; a time that a device did not send is NULL.
-- Columns without a type keep a number as a number and a NaN as the text 'NaN', which SQLite's
-- REAL would turn into NULL.

CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY,                -- x-amzn-RequestId
    received_at REAL NOT NULL,
    connection INTEGER NOT NULL,        -- counts the connections that were opened
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    operation TEXT,
    headers TEXT NOT NULL,              -- JSON list of pairs, without signature and token
    body BLOB NOT NULL,
    access_key_id TEXT,                 -- of the key that signed it, if it was signed well
    signature TEXT NOT NULL,            -- 'ok', or the error code of what was wrong
    canonical_request TEXT,             -- what should have been signed, when it was not
    fault TEXT,
    status INTEGER NOT NULL,            -- of the answer, whether or not it got there whole
    error TEXT
);

CREATE TABLE IF NOT EXISTS registrations (
    fleet TEXT NOT NULL,
    device TEXT NOT NULL,
    registration TEXT NOT NULL,
    cache_ttl_s INTEGER NOT NULL,
    PRIMARY KEY (fleet, device)
);

CREATE TABLE IF NOT EXISTS heartbeats (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    received_at REAL NOT NULL,
    fleet TEXT NOT NULL,
    device TEXT NOT NULL,
    agent_version TEXT NOT NULL,
    has_metrics INTEGER NOT NULL,       -- an empty list is not an absent one
    has_models INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS models (
    id INTEGER PRIMARY KEY,
    heartbeat_id INTEGER NOT NULL REFERENCES heartbeats (id),
    name TEXT,
    version TEXT,
    latest_sample_time REAL,
    latest_inference REAL,
    has_metrics INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY,
    heartbeat_id INTEGER NOT NULL REFERENCES heartbeats (id),
    model_id INTEGER REFERENCES models (id),    -- NULL: a metric of the agent
    dimension TEXT,
    name TEXT,
    value,
    timestamp REAL
);

CREATE TABLE IF NOT EXISTS deployments (
    id INTEGER PRIMARY KEY,
    fleet TEXT NOT NULL,
    device TEXT,                        -- NULL: every device of the fleet
    name TEXT,
    created_at REAL NOT NULL,
    document TEXT NOT NULL,             -- the EdgeDeployment as GetDeployments answers it
    after_result INTEGER NOT NULL       -- results up to this one belong to earlier deployments
);

CREATE TABLE IF NOT EXISTS deployment_results (
    id INTEGER PRIMARY KEY,
    heartbeat_id INTEGER NOT NULL REFERENCES heartbeats (id),
    name TEXT,
    status TEXT,
    message TEXT,
    start_time REAL,
    end_time REAL,
    has_models INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS deployment_models (
    id INTEGER PRIMARY KEY,
    result_id INTEGER NOT NULL REFERENCES deployment_results (id),
    handle TEXT,
    name TEXT,
    version TEXT,
    desired_state TEXT,
    state TEXT,
    status TEXT,
    status_reason TEXT,
    rollback_failure_reason TEXT
);

CREATE INDEX IF NOT EXISTS metrics_of_heartbeat ON metrics (heartbeat_id);
CREATE INDEX IF NOT EXISTS models_of_heartbeat ON models (heartbeat_id);
CREATE INDEX IF NOT EXISTS results_of_heartbeat ON deployment_results (heartbeat_id);
CREATE INDEX IF NOT EXISTS results_by_name ON deployment_results (name);
CREATE INDEX IF NOT EXISTS models_of_result ON deployment_models (result_id);
