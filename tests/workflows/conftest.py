import sys
from pathlib import Path

# The fake server stands among the tests of forges.
sys.path.append(str(Path(__file__).parents[1] / "forges"))
