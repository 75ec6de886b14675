"""``python -m ujar``."""

from ujar.cli import main

if __name__ == "__main__":
    main()
