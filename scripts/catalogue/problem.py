"""The one exception of the fetches: a sentence for the person who ran it."""

import errno
import sys


class Problem(Exception):
    """Says what went wrong and what to do about it."""


def explain_os_error(error):
    """Turns an OSError into a sentence; a full disk gets its own."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full{where}: free about 300 MB, or set AISLE_CACHE to a folder on another disk"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no right to write{where}: set AISLE_CACHE to a folder of your own"
    return f"{error.strerror or error}{where}"


def fetching(script, action):
    """What the action gives; where it cannot be done, the script ends and says why."""
    try:
        return action()
    except Problem as problem:
        sys.exit(f"{script}: {problem}")
    except OSError as error:
        sys.exit(f"{script}: {explain_os_error(error)}")
    except KeyboardInterrupt:
        sys.exit(f"{script}: stopped; run it again to go on")
