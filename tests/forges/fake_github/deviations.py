"""Where the fake, or GitHub itself, departs from GitHub's description: all of it, and why.

A remark of the description that holds one of these words is expected; every other one fails the
test in which it was made.
"""

DEVIATIONS = {
    "never answers 401": "a bad token; the description leaves it out where it holds everywhere",
    "never answers 403": "limits and rights; likewise",
    "never answers 404": "what is not there, or may not be seen; likewise",
    "never answers 429": "a secondary limit; likewise",
    "never answers 500": "GitHub is ill; likewise",
    "never answers 502": "GitHub is ill; likewise",
}
