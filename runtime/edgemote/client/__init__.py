"""The way of a request: from a generated client's method to the service and back.

Nothing is imported here: what a script needs is `edgemote.connect`, and a device loads those parts
that its calls need.
"""
