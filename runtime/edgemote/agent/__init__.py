"""The agent: it registers the device, sends its heartbeats and keeps its models up to date.

Nothing is imported here: what a firmware script needs is `edgemote.Agent`, and the parts below can
be had one by one.
"""
