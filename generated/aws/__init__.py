# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
"""AWS clients, generated: one package a service, and the signer, codecs and errors that they share.

Nothing here does I/O; `edgemote.connect` makes the clients usable.
"""
