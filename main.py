"""Frontdesk: run as `./frontdesk ARGS` or `python main.py ARGS`."""

import sys

from cli.app import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
