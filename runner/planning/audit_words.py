"""What `audit` finds, in words: what does not hold in the team's language, then exactly how.

The judges are those of `check`, which names faults in files in English; auditors and team read
what each rule means in their own language, and those words as the evidence below it.  What can
be done is in their language where the judges say it alike of every finding (`runner.text.hints`).
"""

from runner.errors import Fault
from runner.planning.audit import AuditFinding, Weight
from runner.text.language import Language
from runner.text.terms import TERMS

_SCHEMA = "schema"


def finding_lines(finding: AuditFinding, language: Language) -> tuple[str, ...]:
    """Return a finding: in its first line the commit, the place, its weight, what does not hold.

    What the judge said follows, unless it is what the rule says, and what can be done.  A team
    that reads English has the judge's own words in the first line.
    """
    fault = finding.fault
    first, *others = fault_words(fault, language)
    weights = {
        Weight.BROKEN: language.say("broken"),
        Weight.UNPROVEN: language.say("unproven"),
        Weight.WARNING: language.say("warning"),
    }
    first = language.say("{weight}: {what}", weight=weights[finding.weight], what=first)
    place = f"{fault.file}:{fault.line}: " if fault.file else " "
    return (f"{finding.commit[:12]}:{place}{first}", *others)


def fault_words(fault: Fault, language: Language) -> tuple[str, ...]:
    """Return what does not hold, then what the judge said unless it is that, and the hint."""
    said = rule_words(fault.rule, language)
    exact = (
        "" if said and fault.message == TERMS["rule"].get(rule_name(fault.rule)) else fault.message
    )
    return tuple(filter(None, (said, exact, language.term("hint", fault.hint))))


def rule_words(rule: str, language: Language) -> str:
    """Return what a rule says does not hold; empty in English, and for a rule without words."""
    name = rule_name(rule)
    if language.locale == "en" or name not in TERMS["rule"]:
        return ""
    return language.term("rule", name)


def rule_name(rule: str) -> str:
    """Return the name under which a rule has its words: all that a schema says share one."""
    return _SCHEMA if rule.startswith(f"{_SCHEMA}-") else rule
