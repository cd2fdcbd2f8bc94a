"""`make sbom`: a bill of materials (CycloneDX) of what `make run` installs, from what is installed here."""

import json
import subprocess
import sys
from pathlib import Path

from tests.building.run_set import run_set


def main(target: Path) -> None:
    """Write the document; packages of the tests alone are left out of it."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "cyclonedx_py",
            "environment",
            "--pyproject",
            "pyproject.toml",
            sys.executable,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(done.stdout)
    names = run_set()
    document["components"] = [one for one in document["components"] if _name(one["name"]) in names]
    refs = {one["bom-ref"] for one in document["components"]} | {document["metadata"]["component"]["bom-ref"]}
    document["dependencies"] = [
        one | {"dependsOn": [ref for ref in one.get("dependsOn", []) if ref in refs]}
        for one in document["dependencies"]
        if one["ref"] in refs
    ]
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{target}: {len(document['components'])} packages.")


def _name(text: str) -> str:
    return text.lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
