"""`python -m wenqu` is the command `wenqu`."""

from __future__ import annotations

from wenqu.cli import main

if __name__ == "__main__":
    main(prog_name="wenqu")
