"""`python -m linewright.cli`: the same as the command `linewright`."""

from linewright.cli.main import main

if __name__ == "__main__":
    main()
