"""What a day of heartbeats costs on a metered link: `make bench-day`.

botocore, a hand-written script, edgemote's client and its agent do the same work against one local
service: 288 heartbeats, each on a new connection since the service has closed the idle one, 24
polls, and one set of keys an hour. Days pass in virtual time: a program says how long it waits, and
the service does what it would have done meanwhile.
"""
