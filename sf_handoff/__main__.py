"""`python -m sf_handoff` is `sf-handoff`."""

from sf_handoff.commands import main

if __name__ == "__main__":
    main()
