"""What axe finds in a page of ours. https://github.com/dequelabs/axe-core"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.browser import chromium
from tests.needs import needs

# Where `make test` puts it.
AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AUDIT = """
axe.run(document, {runOnly: {type: 'tag', values: RULES}}).then(found => {
  const told = {violations: found.violations.map(each => [each.id, each.nodes.map(node => node.html)]),
                unsure: found.incomplete.map(each => each.id), passed: found.passes.map(each => each.id)};
  const said = document.createElement('pre');
  said.id = 'told';
  said.textContent = JSON.stringify(told);
  document.body.append(said);
});
"""


def audit(page: str, policy: str, folder: Path, *flags: str) -> dict[str, Any]:
    """Violations, what axe is unsure of, and what passed. Only in this copy may a script run."""
    needs(AXE.exists(), "axe-core is not installed (`make test` does it): the page is not audited")
    script = (
        f"<script>{AXE.read_text('utf-8')}</script><script>const RULES = {json.dumps(RULES)};{AUDIT}</script>"
    )
    copy = page.replace(policy, "").replace("</body>", f"{script}</body>")
    found = re.search(r'<pre id="told">(.*?)</pre>', chromium(copy, folder, "--dump-dom", *flags), re.DOTALL)
    assert found, "axe did not finish"
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told
