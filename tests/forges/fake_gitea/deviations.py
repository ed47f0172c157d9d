"""Where the fake, or Gitea itself, departs from Gitea's description: all of it, and why.

A remark of the description that holds one of these words is expected; every other one fails the
test in which it was made.  What is said of a real server was seen on one (1.26).
"""

DEVIATIONS = {
    "never answers 401": "a bad token; the description leaves it out where it holds everywhere",
    "never answers 403": "rights; likewise",
    "never answers 404": "what is not there, or may not be seen; likewise",
    "never answers 409": "a test told the fake to answer so",
    "never answers 422": "a form that is wrong; left out where it holds everywhere",
    "never answers 429": "what stands before a server asks for rest; likewise",
    "never answers 500": "a real server says so of an assignee that cannot be one",
    "never answers 502": "what stands before a server is ill; likewise",
}
