"""`pytest -p runtime.public_ssl`: the runtime takes the public `socket` and `ssl`, as on a Python
that is not CPython.
"""

import sys

_name = sys.implementation.name
sys.implementation.name = "another"
from edgemote.http import sockets  # noqa: E402

sys.implementation.name = _name
assert not sockets.DIRECT
