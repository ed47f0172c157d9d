"""What must be after a week, by what people wrote and did; each difference is a sentence."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import yaml
from fake_github.model import INES, SAM, Hub
from week_desk import Runs
from week_messages import Feeds, Kind, Message
from week_people import People

_MARKER = re.compile(r"<!-- doleances:(?:said|told):[0-9a-f]{32} -->")
_CASE_OF = re.compile(r"cases/\d{4}/\d\d/\d\d/(c-[0-9a-z]{12})\.yaml")


def differences(runs: Runs, people: People, feeds: Feeds) -> list[str]:
    """Return how the end of a week differs from the model's expectation; nothing where it fits."""
    return [
        *_messages(runs.fake.hub, people, feeds),
        *_decisions(runs.fake.hub, people),
        *_pages(runs.fake.hub, people),
        *_issues(runs.fake.hub),
        *_rest(runs),
    ]


def _messages(hub: Hub, people: People, feeds: Feeds) -> Iterator[str]:
    """Each after-sales message stands in one place: on the base, proposed, or refused."""
    memory = people.memory
    where: dict[str, list[str]] = {}
    on_base = {path: _urls(content) for path, content in _cases(hub, "main").items()}
    for path, urls in on_base.items():
        for url in urls:
            where.setdefault(url, []).append(path)
    for branch in _branches(hub):
        if branch not in memory.refused:
            for path, content in _cases(hub, branch, since="main").items():
                for url in set(_urls(content)) - set(on_base.get(path, ())):
                    where.setdefault(url, []).append(branch)
    for branch, files in memory.refused.items():
        # A copy that is no place of a case may become a case of its own.
        for path, content in files.items() if "/place-" not in branch else ():
            for url in set(_urls(content)) - set(on_base.get(path, ())):
                where.setdefault(url, []).append(f"refused {branch}")
    for message in feeds.messages:
        found = where.get(message.url, [])
        what = f"{message.kind.name} {message.url} (of {message.of})"
        if message.is_after_sales and not found and not _waits(message, where, hub, people, feeds):
            yield f"{what} is lost"
        if len(found) > 1:
            yield f"{what} stands in more than one place: {', '.join(found)}"
        if message.kind in {Kind.SPAM, Kind.OTHER_REPLY, Kind.OWN} and found:
            yield f"{what} is no matter of the desk: {', '.join(found)}"


def _waits(
    message: Message, where: dict[str, list[str]], hub: Hub, people: People, feeds: Feeds
) -> bool:
    """Whether a message belongs to a case that waits for people.

    So it does where they changed the proposal, and while another change of the case stands.
    """
    if message.of is None:
        return False
    cases = {
        case_id
        for found in where.get(feeds.messages[message.of].url, ())
        for case_id in re.findall(r"c-[0-9a-z]{12}", found)
    }
    return any(
        branch.split("/")[1] in cases
        and (branch in people.memory.touched or not branch.endswith("/open"))
        for branch in _branches(hub)
    )


def _decisions(hub: Hub, people: People) -> Iterator[str]:
    """What people merged is on the base, what they refused stays away, what they wrote stands."""
    memory = people.memory
    base, heads = _cases(hub, "main"), hub.heads()
    for branch, files in memory.merged.items():
        for path, content in files.items():
            now = base.get(path)
            if now is None:
                yield f"{branch} was merged, and {path} is not on the base"
            elif not _holds(now, content):
                yield f"{branch}: {path} is not as it was merged"
    for path in base:
        case = _CASE_OF.fullmatch(path)
        if case is None or f"doleances/{case[1]}/open" not in memory.merged:
            yield f"{path} is on the base, and nobody merged it"
    receipts = _receipts(hub)
    for branch, reason in memory.reasons.items():
        _, case_id, change = branch.split("/")
        receipt = receipts.get((case_id, change))
        if receipt is None:
            yield f"{branch} was refused, and no receipt says so"
            continue
        if receipt["outcome"] != "refused" or receipt["actor"] not in {"ines", "sam"}:
            yield f"{branch} was refused: {receipt}"
        if reason and reason.removeprefix("c-") not in str(receipt["reason"]):
            yield f"{branch} was refused for {reason!r}: {receipt['reason']!r}"
        last = [pull for pull in hub.pulls.values() if pull.branch == branch][-1]
        if last.is_open:
            yield f"{branch} was refused, and has an open pull request"
        if branch in heads and branch not in memory.touched:
            yield f"{branch} was refused, and is still there"
    for branch in memory.merged:
        _, case_id, change = branch.split("/")
        receipt = receipts.get((case_id, change))
        if receipt is None or receipt["outcome"] != "merged":
            yield f"{branch} was merged: {receipt}"
    for branch, commit in memory.touched.items():
        is_gone = branch in memory.merged or (branch in memory.refused and branch not in heads)
        if not is_gone and heads.get(branch) != commit:
            yield f"{branch} is not where a person left it: {heads.get(branch)}"
    for path, line in memory.main:
        if line not in hub.git("show", f"main:{path}"):
            yield f"{path} lacks {line!r}"


def _pages(hub: Hub, people: People) -> Iterator[str]:
    memory = people.memory
    for number, title in memory.titles.items():
        if hub.pulls[number].title != title:
            yield f"the title of {number} was written over: {hub.pulls[number].title!r}"
    for number, body in memory.bodies.items():
        if hub.pulls[number].body != body:
            yield f"the text of {number} was written over: {hub.pulls[number].body!r}"
    for number, labels in memory.put_on.items():
        if not labels <= set(hub.pulls[number].labels):
            yield f"{number} lost a label of {labels}"
    for number, labels in memory.taken_off.items():
        if labels & set(hub.pulls[number].labels):
            yield f"{number} has again {labels}"
    said = [
        (mark, number)
        for number, comments in hub.comments().items()
        for each in comments
        for mark in _MARKER.findall(each.body)
    ]
    for mark, count in Counter(mark for mark, _ in said).items():
        if count > 1:
            pages = sorted({number for each, number in said if each == mark})
            yield f"a comment was made {count} times on {pages}: {mark}"
    for number, pull in hub.pulls.items():
        due = [each for each in memory.commands if each.number == number]
        if len(people.answers_on(number)) != len(due):
            yield (
                f"{number} has {len(due)} commands and {len(people.answers_on(number))} answers:"
                f" {[each.comment.body for each in due]}"
            )
        statuses = [status.state for status in hub.statuses.get(pull.head, ())]
        if pull.is_open and pull.branch not in memory.touched and statuses[-1:] != ["success"]:
            yield f"the head of {number} has the status {statuses[-1:]}"
        if len([p for p in hub.pulls.values() if p.branch == pull.branch and p.is_open]) > 1:
            yield f"{pull.branch} has two open pull requests"
        if not pull.author.is_bot:
            yield f"{number} is of {pull.author}"
    owners = {}
    for command in memory.commands:
        if command.owner:
            owners[hub.pulls[command.number].branch] = command.owner
    for branch, owner in owners.items():
        if branch in memory.refused or branch in memory.touched:
            continue
        where = "main" if branch in memory.merged else branch
        case_id = branch.split("/")[1]
        content = next((c for p, c in _cases(hub, where).items() if case_id in p), b"")
        if f"\nowner: {owner}\n".encode() not in content:
            yield f"{branch} was given to {owner}"
    for number, pull in hub.pulls.items():
        if not pull.is_open and pull.closed_by not in {INES, SAM} and pull.branch.endswith("/open"):
            commanded = any(c.number == number and c.refuses for c in memory.commands)
            if not commanded:
                yield f"{number} was closed by {pull.closed_by}"


def _issues(hub: Hub) -> Iterator[str]:
    boards = [i for i in hub.issues.values() if "doleances:dashboard" in i.body and i.is_open]
    if len(boards) != 1:
        yield f"{len(boards)} dashboards"
    failures = [i.opened_at for i in hub.issues.values() if "doleances:failure" in i.body]
    for sooner, later in pairwise(failures):
        if (later - sooner).total_seconds() < 86_400:
            yield f"two issues tell of failures, at {sooner} and {later}"


def _rest(runs: Runs) -> Iterator[str]:
    """One more run, in a clone that knows nothing, finds nothing to do, cheaply."""
    fake = runs.fake
    marks, heads, asked = fake.hub.marks(), fake.hub.heads(), len(fake.api_calls)
    last = runs.plainly(clone="last")
    if last.code != 0 or "Nothing to do" not in last.said:
        yield f"the last run ended with {last.code}: {last.said}"
    calls = fake.api_calls[asked:]
    if len(calls) >= 20 or {call.method for call in calls} - {"GET"}:
        yield f"the last run asked {[call.what for call in calls]}"
    if (fake.hub.marks(), fake.hub.heads()) != (marks, heads):
        yield "the last run changed something"
    planned = json.loads(runs.plainly("plan", "--json", clone="last").said)
    if planned["actions"]:
        yield f"there is still to do: {planned['actions']}"
    audited = runs.plainly("audit", "--json", clone="last")
    if audited.code != 0:
        yield f"the audit found: {audited.said}"
    checked = runs.plainly("check", clone="last")
    if checked.code != 0:
        yield f"check found: {checked.said}"
    shutil.rmtree(runs.folder / "last")


def _holds(now: bytes, merged: bytes) -> bool:
    """Whether each line that was merged stands, in its order; entries may have come after."""
    lines = iter(now.splitlines())
    may_change = (b"state: ", b"cycle: ")
    return all(line in lines for line in merged.splitlines() if not line.startswith(may_change))


def _branches(hub: Hub) -> list[str]:
    return [name for name in hub.heads() if name.startswith("doleances/")]


def _cases(hub: Hub, revision: str, since: str = "") -> dict[str, bytes]:
    if since:
        base = hub.git("merge-base", since, revision)
        listed = hub.git("diff", "--name-only", base, revision, "--", "cases")
    else:
        listed = hub.git("ls-tree", "-r", "--name-only", revision, "--", "cases")
    return {
        path: hub.git("show", f"{revision}:{path}").encode() + b"\n" for path in listed.splitlines()
    }


def _urls(content: bytes) -> list[str]:
    """Return the addresses of the messages that a case file holds."""
    data = yaml.safe_load(content)
    told = [*data["places"], *data["log"]]
    kinds = {"customer-wrote", "thanked", "contested"}
    return [each["url"] for each in told if "url" in each and each.get("entry") in {None, *kinds}]


def _receipts(hub: Hub) -> dict[tuple[str, str], dict[str, object]]:
    listed = hub.git("ls-tree", "-r", "--name-only", "refs/doleances/receipts", "settled")
    found = [
        json.loads(hub.git("show", f"refs/doleances/receipts:{path}"))
        for path in listed.splitlines()
    ]
    return {(each["case"], each["change"]): each for each in found}
