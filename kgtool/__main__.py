"""``python -m kgtool`` is ``kgtool``."""

from __future__ import annotations

from kgtool.cli.main import main

if __name__ == "__main__":
    main()
