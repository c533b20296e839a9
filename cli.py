"""Runs the connector from a checkout: python cli.py --help"""

from pathlib import Path

import sf_handoff

# Installed, the maps lie inside the package; in a checkout they lie beside it.
sf_handoff.__path__.append(str(Path(__file__).parent))

if __name__ == "__main__":
    from sf_handoff.commands import main

    main()
