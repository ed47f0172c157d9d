"""What `audit` says can be done about its findings, where that is the same for every one.

The words of the judges, to the letter: a team that does not read English reads these in its own
language, and what is made of the facts of a finding as the judges say it.
"""

HINTS = (
    "`at` is when it happened, `recorded_at` when you wrote it down",
    "`at` is when the answer was given",
    "`data` is the author, title and text, encrypted",
    "`doleances incident` lists them",
    "`doleances new` opens a case under the id that its message has everywhere",
    "`git fsck` says what else is missing; fetch it, or audit a fresh clone",
    "`git verify-commit` says more; the commit is not what was signed",
    "`recorded_at` is when the entry is written down",
    (
        "`recorded_at` is when the entry is written down; when it happened stands in `at`, "
        "which may be earlier"
    ),
    (
        "`recorded_at` is when the entry is written down; where the commit's clock was wrong, "
        "`git commit --amend --no-edit` sets it right"
    ),
    "a `place-added` entry names it",
    "a clock was wrong, or the date was set",
    "a commit cannot be older than what it stands on; somebody set its date",
    "a promise comes from the policy in force when it is made",
    "a state changes by an entry in the log",
    "an `approved` entry with `subject: paid-contact` stands above it",
    "an `approved` entry with `subject: publication` stands above it",
    "another person's `approved` entry with `subject: closing` stands above it",
    "ask brand care first, and record what it says as `answered`",
    "cases lie in cases/YYYY/MM/DD/c-….yaml; put other files elsewhere",
    "end a case with an entry in its log; its file stays where it is",
    "every place needs its closing message, or why there can be none",
    "fetch the base, then look again; if it is not there either, the main line was put back",
    "it goes by erasure alone",
    (
        "it is no merge, no receipt tells of it, and no forge squashed it; a forge that rebases "
        "leaves no trace either"
    ),
    "it names everybody's addresses and logins",
    "it was refused, then merged all the same: the merge tells by whom",
    "new entries go below; `at` may be earlier, `recorded_at` may not",
    "places are kept, whatever becomes of the message",
    "put it back; a field that is wrong changes by `qualified`",
    "put it back; who decides without limits is named in it too",
    "put the entry back as it was and add a new one below, such as `noted`",
    "put the file itself there",
    "record `resolved` first",
    "record it as `replied` first",
    "record the change with `qualified`, or put the value back",
    "record the change with a `qualified` entry",
    "record the change with a `qualified` entry that sets `known`",
    "somebody adds a `noted` entry that says why",
    "the next `doleances run` writes it; if one has, the receipt was removed",
    "the target keeps all places, each with its key and `detected_at`",
    "the verbs write it; another promise needs another `target`",
    "the verbs write promises as the policy has them; another promise needs another policy",
    "the verbs write promises; by hand they stand under `clocks`",
    "what happens again has instants of its own",
    "what was detected stays as it was; put it back",
    "who approves it proposes it, or accepts the pull request",
    "write the words as they were posted",
    (
        "your own id of policies/team.yaml stands in `by`; what the runner finds, it proposes "
        "on its own branches"
    ),
)
