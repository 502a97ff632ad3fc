"""The limits for everything that comes from outside, in one place.

Sizes are bytes, times are seconds. Comments give the range that makes sense on a board with 64 MB
of memory. A peer that exceeds a size raises a ProtocolError that names the constant; one that
exceeds a time raises a ReadTimeoutError.
"""

# The status line and all headers of a response, without the blank line. 4,096 to 1,048,576.
HEAD_BYTES = 32_768
# One header line, folded lines joined. 1,024 to HEAD_BYTES. Lambda's log tail, the longest known,
# needs 5.5 kB.
LINE_BYTES = 16_384
# Header lines in one response. 16 to 1,000; http.client stops at 100 too.
HEADER_COUNT = 100
# Interim responses (100, 102, 103) before the real one. 1 to 100.
INTERIM_COUNT = 10
# Digits of a Content-Length, and of a chunk size. 10 to 20; h11 takes 20.
NUMBER_DIGITS = 20
# The line before a chunk: its size, then extensions, which are never used. 32 to 16,384.
CHUNK_LINE_BYTES = 1_024
# All trailers after the last chunk. 0 to HEAD_BYTES.
TRAILER_BYTES = 8_192
# A body that is held in memory, unless connect gets another body_limit_bytes; streamed bodies have
# no limit. Decoded, it takes about five times as much. 65,536 to what the board can spare.
BODY_BYTES = 2_097_152
# A request's file of at most this size is read before it is sent, because the size of files in
# /proc and /sys is always 0 or a page. A page, up to 65,536 on arm64, to BODY_BYTES.
SMALL_FILE_BYTES = 65_536
# How much is read of the body of a response with status 300 or more; after that, the connection is
# closed. 1,024 to BODY_BYTES.
ERROR_BODY_BYTES = 65_536
# The response of a credential source: session tokens have about 1,000 bytes. 8,192 to BODY_BYTES.
CREDENTIALS_BYTES = 65_536

# Bounds for how long a discovered endpoint is used, whatever the service says. 1 to
# DISCOVERY_MOST_S.
DISCOVERY_LEAST_S = 60.0
# DISCOVERY_LEAST_S to 604,800.
DISCOVERY_MOST_S = 86_400.0

# Size of one receive: the plaintext of a full TLS record, so that OpenSSL buffers nothing.
RECEIVE_BYTES = 16_384
# Size of one send: again one record. A request up to this size is sent with a single call.
SEND_BYTES = 16_384

# How long a large body waits for the peer's 100 (Continue), which peers may omit. 0.1 to 10;
# botocore: 1.
CONTINUE_S = 1.0
# TCP, proxy and TLS together, without name resolution, for which the C library has a limit. 1 to
# 300; botocore: 60.
CONNECT_TIMEOUT_S = 60.0
# How long the peer may send nothing, or accept nothing. 1 to 900; botocore: 60.
READ_TIMEOUT_S = 60.0
# From the first byte of a response that is held in memory to its last, because a peer that sends
# a few bytes at a time must not block the client forever. 10 to 3,600.
RESPONSE_TIMEOUT_S = 300.0
# The same for streamed bodies in both directions, whose size is not limited: the time spent waiting
# may not exceed RESPONSE_TIMEOUT_S plus a second for each time this many bytes were transferred. 1
# to 10,000.
SLOWEST_BYTES_PER_S = 64
# How many addresses of a host are tried, and after how long the next is tried in parallel (RFC 8305
# recommends 0.25 and allows 2). 1 to 20; 0.1 to 10.
ADDRESS_COUNT = 8
ADDRESS_DELAY_S = 1.0
# How long a connection may be idle and still be used, by default. Home and mobile routers drop idle
# connections after some minutes, without telling either side. If a request is lost on a dropped
# connection, the limit becomes half of its idle time, but not less than the minimum.
# KEPT_IDLE_LEAST_S to 3,600; 1 to KEPT_IDLE_S.
KEPT_IDLE_S = 240.0
KEPT_IDLE_LEAST_S = 10.0
# How long after the last full handshake a TLS session may be resumed, because resumption does not
# verify certificates; RFC 8446 allows seven days. 0 to 604,800. And how many sessions a process
# reads if each costs it 6 KiB permanently (see http.certificates); 0 then resumes none.
SESSION_S = 86_400.0
SESSION_COUNT = 64
# TCP keep-alive: when an idle connection is first probed, how often it is probed again, and after
# how many unanswered probes it has ended. This is sooner than most routers drop connections; a
# probe costs 100 bytes. 10 to 3,600; 1 to 300; 1 to 20.
KEEPALIVE_IDLE_S = 90
KEEPALIVE_PERIOD_S = 15
KEEPALIVE_COUNT = 3
# How long the peer's TCP may leave a request unacknowledged on a connection that was idle for more
# than KEPT_IDLE_LEAST_S. This does not limit the time until the peer responds. 3 to 60.
UNACKNOWLEDGED_S = 10.0
# The longest silence of a source, and of a connection to it, while the current credentials are
# valid: the call that waits for the refresh must not time out because of it. 1 to 60.
REFRESH_TIMEOUT_S = 10.0
# The longest silence of a container's credential source, and of a connection to it, as in botocore.
# 1 to 60.
CONTAINER_TIMEOUT_S = 2.0
# The same for instance metadata, which does not exist outside EC2. 1 to 60.
INSTANCE_TIMEOUT_S = 1.0
