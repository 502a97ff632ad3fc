"""What an error can give away: not only its text, but what it keeps of the errors before it, for
debuggers, pickles and programs that report errors.
"""

from __future__ import annotations

import traceback


def exposed(error: BaseException) -> str:
    """The texts, arguments and attributes of an error, and of all that led to it."""
    texts = ["".join(traceback.format_exception(error))]
    seen: list[BaseException | None] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or one in seen:
            continue
        seen.append(one)
        texts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        left += [one.__cause__, one.__context__]
    return "\n".join(texts)
