"""`python -m exchange`: the command line."""

from exchange.commands import main

if __name__ == "__main__":
    main()
