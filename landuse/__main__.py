"""The program: `landuse`, or `python -m landuse`.

The command line takes a second to load. What happens meanwhile ends like everything else: with one line and a code.
"""

from __future__ import annotations

import sys

from landuse.io.publishing.interrupts import raising

INTERRUPTED, FAULT = 130, 70


def main() -> None:
    """Load the command line and run it."""
    try:
        with raising():
            from landuse.cli.main import main as run  # noqa: PLC0415
        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        if "-vv" in sys.argv:
            raise
        sys.stderr.write(f"internal error: {type(error).__name__}: {error} -> run again with -vv, and report it\n")
        sys.exit(FAULT)


if __name__ == "__main__":
    main()
