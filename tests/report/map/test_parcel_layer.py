import shutil
import subprocess
from pathlib import Path

import pytest

NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="node is not installed: the browser's pure functions stay untested here")
def test_functions_of_the_browser():
    done = subprocess.run(
        [NODE, "--test", str(Path(__file__).with_name("parcel_layer.test.mjs"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
