"""Limits of the agent for what it did not write itself. Those of the client are in
edgemote.limits, and those of configurable values in the configuration's schema.

Sizes are bytes, times are seconds. The range is what still makes sense for a board with 64 MB of
memory.
"""

# A response to one of the agent's own calls; it has a few kB. 65,536 to limits.BODY_BYTES.
AGENT_BODY_BYTES = 524_288

# A configuration; with every key and its comments it has 6 kB. 16,384 to 1,048,576.
CONFIG_BYTES = 65_536
# Problems of a configuration that are listed at once; any others are counted. 10 to 1,000.
CONFIG_PROBLEMS = 50
# A PEM file; the system's bundle of all authorities has 220 kB. 65,536 to 8,388,608.
PEM_BYTES = 1_048_576

# A log message, which is cut beyond this. 200 to 4,000, since a pipe takes 4,096 bytes atomically.
LOG_LINE_CHARS = 2_000
# For how long a repeated line is counted instead of written. 0 to 86,400.
LOG_REPEAT_S = 3_600.0
# The number of different lines that are remembered for that. 1 to 1,000.
LOG_REPEAT_LINES = 32
# The status that systemctl shows. 40 to 2,000.
STATUS_CHARS = 200
# The share of the watchdog's time that a piece of work may take without asking for more: half of
# that time may already have passed, and a tenth of that half. 0.1 to 0.45.
WATCHDOG_SHARE = 0.4
# The unit file's WatchdogSec and TimeoutStopSec.
UNIT_WATCHDOG_S = 300.0
UNIT_STOP_S = 150.0

# The pause between two checks of an agent whose folders are locked by another one. 1 to 3,600.
LOCK_PAUSE_S = 10.0

# The most that a response's Retry-After may ask an agent to wait. 600 to 86,400.
RETRY_AFTER_S = 3_600.0

# Rejections, with other calls accepted in between, after which a stored heartbeat is skipped. 2 to
# 100.
BEAT_REFUSALS = 5
# The same for incomplete responses, which may be the link's fault. 5 to 1,000.
BEAT_CUTS = 25

# Deployments. Names and handles have the API's bounds, in deployments/naming.
# Characters of a deployment's name. 63, the API's limit, to 1,024.
DEPLOYMENT_NAME = 255
# Models in one deployment; one with more fails. 1 to 256.
DEPLOYMENT_MODELS = 32
# Models whose progress is reported. 1 to 9, since AWS IoT accepts ten status details.
PROGRESS_MODELS = 9
# Deployments in the queue; others are taken from a later list. 1 to 256.
DEPLOYMENTS_WAITING = 16
# Results that wait to be accepted; with this many, no other deployment is started. 1 to 64.
DEPLOYMENT_REPORTS = 8
# The journal of deployments; larger than the limits above permit. 1,048,576 to 16,777,216.
JOURNAL_BYTES = 4_194_304
# Characters of an object's ETag; S3's have 34 to 40. 40 to 4,096.
ETAG_CHARS = 256
# A signer's public key or certificate in PEM; the largest RSA key has 4 kB. 8,192 to PEM_BYTES.
SIGNER_BYTES = 65_536
# A signature, in base64 or not; of the largest RSA key, 1,368 bytes in base64. 2,048 to 65,536.
SIGNATURE_BYTES = 4_096
# Time limit of a script's function for a metric; the slowest thermometers take 0.75 s. 0.1 to 60.
METRIC_S = 2.0
# The end of a hook's output that is kept, and the length of a reason in a report.
HOOK_OUTPUT_BYTES = 4_096
REASON_CHARACTERS = 256

# Captured samples. Input and output of one, which a single step uploads. 65,536 to 33,554,432.
CAPTURE_SAMPLE_BYTES = 4_194_304
# The samples of one batch, unless it has only one. 65,536 to 4,194,304.
CAPTURE_BATCH_BYTES = 524_288
# Metadata of a sample, as SageMaker limits it. 256 to 4,096.
CAPTURE_METADATA_CHARS = 1_024
CAPTURE_TYPE_CHARS = 255
# The file that describes the current upload. 262,144 to 4,194,304.
CAPTURE_BATCH_FILE_BYTES = 1_048_576
