import sys
from pathlib import Path

# The fakes are the forges'.
sys.path.append(str(Path(__file__).parents[1] / "forges"))
