from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.replay.readers import FOLDER
from tests.replay.stage import Stage
from tests.replay.verdicts import table, verdicts

if not FOLDER.exists():
    sys.exit(f"There are no recorded exchanges at {FOLDER}.")
with tempfile.TemporaryDirectory() as folder, closing(Stage(Path(folder))) as stage:
    print(table(verdicts(stage)))
