"""A fleet in virtual time: thousands of agents, one service that takes so many requests a second,
and an outage. `make herd` runs it, tests/agent/test_herd.py a smaller one.

The agents are the real ones. What is replaced is the link with the service, which answers at once,
and all clocks; `Fleet` may also replace the spool and the folders' locks, because 10,000 open
databases take more descriptors than a process has. All chance comes from os.urandom, which gives
numbers of a seed here: so a run can be repeated to the request.
"""
