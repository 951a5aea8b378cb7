"""`python -m lms` is the command `lms`."""

from lms.commands import main

if __name__ == "__main__":
    main()
