"""A build backend that needs nothing: an editable wheel that puts the clone on the path.

A file `slow` makes it hang, a file `broken` makes it fail; `builds` counts its work.
"""

import time
import zipfile
from pathlib import Path

DIST_INFO = "doleances-1.0.dist-info"


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    here = Path.cwd()
    if (here / "slow").exists():
        (here / "building").touch()
        time.sleep(60)
    if (here / "broken").exists():
        raise SystemExit("the builder is broken")
    files = {
        "doleances.pth": f"{here}\n",
        f"{DIST_INFO}/METADATA": "Metadata-Version: 2.1\nName: doleances\nVersion: 1.0\n",
        f"{DIST_INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{DIST_INFO}/entry_points.txt": "[console_scripts]\ndoleances = program:main\n",
    }
    files[f"{DIST_INFO}/RECORD"] = "".join(f"{path},,\n" for path in files)
    name = "doleances-1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    with (here / "builds").open("a") as log:
        log.write("built\n")
    return name
