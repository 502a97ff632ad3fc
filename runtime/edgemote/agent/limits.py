"""Every bound that the agent keeps on what it did not write itself; the client's are in
edgemote.limits, and what the configuration sets has its bounds there.

Sizes are bytes, times are seconds. The range is what still makes sense for a board with 64 MB of
memory.
"""

# A response to the agent's own calls, which have some kilobytes. 65,536 to limits.BODY_BYTES.
AGENT_BODY_BYTES = 524_288

# A configuration; with every key and its comments it has 6 kB. 16,384 to 1,048,576.
CONFIG_BYTES = 65_536
# Problems of a configuration that are told at once; what else there is, is counted. 10 to 1,000.
CONFIG_PROBLEMS = 50
# A PEM file; the system's bundle of all authorities has 220 kB. 65,536 to 8,388,608.
PEM_BYTES = 1_048_576

# A message of the log; what is beyond is cut. 200 to 4,000, for a pipe takes 4,096 bytes in one
# piece.
LOG_LINE_CHARS = 2_000
# How long a line is counted instead of written again. 0 to 86,400.
LOG_REPEAT_S = 3_600.0
# How many different lines are watched for that. 1 to 1,000.
LOG_REPEAT_LINES = 32
# The status that systemctl shows. 40 to 2,000.
STATUS_CHARS = 200
# Of the time after which systemd takes a silent process for hung, what a piece of work may take
# without asking for more: half of it may have passed before, and a tenth of that half. 0.1 to 0.45.
WATCHDOG_SHARE = 0.4
# The unit file's WatchdogSec and TimeoutStopSec.
UNIT_WATCHDOG_S = 300.0
UNIT_STOP_S = 150.0

# How long an agent waits that lost its folders to another one, until it looks again. 1 to 3,600.
LOCK_PAUSE_S = 10.0

# The most that a response's Retry-After may ask an agent to wait. 600 to 86,400.
RETRY_AFTER_S = 3_600.0

# How often a kept beat is refused, with other calls accepted in between, until it is passed over.
# 2 to 100.
BEAT_REFUSALS = 5
# The same of one whose response never comes whole, which the link may be to blame for. 5 to 1,000.
BEAT_CUTS = 25

# Deployments. Names and handles have the API's bounds, in deployments/naming.
# Characters of a deployment's name. 63, which is what the API allows, to 1,024.
DEPLOYMENT_NAME = 255
# Models in one deployment; one with more fails. 1 to 256.
DEPLOYMENT_MODELS = 32
# Models of which progress is told. 1 to 9, since AWS IoT takes ten pairs of details.
PROGRESS_MODELS = 9
# Deployments that wait for their turn; the others are taken from a later listing. 1 to 256.
DEPLOYMENTS_WAITING = 16
# Results that wait to be accepted; with so many no other deployment is begun. 1 to 64.
DEPLOYMENT_REPORTS = 8
# The journal of deployments, more than the bounds above let it become with hundreds of models.
# 1,048,576 to 16,777,216.
JOURNAL_BYTES = 4_194_304
# Characters of an object's ETag; S3's have 34 to 40. 40 to 4,096.
ETAG_CHARS = 256
# A signer's public key or certificate in PEM; with the largest RSA key that is taken it has 4 kB.
# 8,192 to PEM_BYTES.
SIGNER_BYTES = 65_536
# A signature, in base64 or not; that of the largest RSA key has 1,368 bytes in base64. 2,048 to
# 65,536.
SIGNATURE_BYTES = 4_096
# How long a script's function for a metric may take; the slowest thermometers take 0.75 s. 0.1 to
# 60.
METRIC_S = 2.0
# What is kept of a hook's output, its end, and of any reason that is reported.
HOOK_OUTPUT_BYTES = 4_096
REASON_CHARACTERS = 256

# Captured samples. Input and output together; a step must be able to upload them. 65,536 to
# 33,554,432.
CAPTURE_SAMPLE_BYTES = 4_194_304
# What is read for one batch, if it has more than one sample. 65,536 to 4,194,304.
CAPTURE_BATCH_BYTES = 524_288
# Metadata of a sample, which SageMaker bounds like this. 256 to 4,096.
CAPTURE_METADATA_CHARS = 1_024
CAPTURE_TYPE_CHARS = 255
# The file that says what is being uploaded. 262,144 to 4,194,304.
CAPTURE_BATCH_FILE_BYTES = 1_048_576
