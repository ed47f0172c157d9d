"""Measure the triage rules on the labelled sets of public repositories.

    python bench/triage_sets.py DATA [--keep FOLDER]

DATA is the folder `triage` with the sets `minibar`, `hatecheck` and `banking77` as their
authors publish them.  Each set becomes a CSV file as `doleances evaluate` reads it, and is
judged by the rules of this repository.  `--keep` leaves the files in FOLDER, to look at
with `doleances evaluate FILE --wrong`.

Half of the reviews (those whose text has an even SHA-1) were looked at while the rules were
written; the other half was not.  Both are printed.
"""

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

Row = dict[str, str]

PROBLEMS = [
    "Refund_not_showing_up",
    "balance_not_updated_after_bank_transfer",
    "balance_not_updated_after_cheque_or_cash_deposit",
    "beneficiary_not_allowed",
    "card_arrival",
    "card_not_working",
    "card_payment_fee_charged",
    "card_payment_not_recognised",
    "card_payment_wrong_exchange_rate",
    "card_swallowed",
    "cash_withdrawal_charge",
    "cash_withdrawal_not_recognised",
    "compromised_card",
    "contactless_not_working",
    "declined_card_payment",
    "declined_cash_withdrawal",
    "declined_transfer",
    "direct_debit_payment_not_recognised",
    "extra_charge_on_statement",
    "failed_transfer",
    "lost_or_stolen_card",
    "lost_or_stolen_phone",
    "pending_card_payment",
    "pending_cash_withdrawal",
    "pending_top_up",
    "pending_transfer",
    "pin_blocked",
    "reverted_card_payment?",
    "top_up_failed",
    "top_up_reverted",
    "transaction_charged_twice",
    "transfer_fee_charged",
    "transfer_not_received_by_recipient",
    "unable_to_verify_identity",
    "virtual_card_not_working",
    "wrong_amount_of_cash_received",
    "wrong_exchange_rate_for_cash_withdrawal",
]
"""Intents of customers who have a problem."""
EITHER = ("passcode_forgotten", "request_refund", "terminate_account", "cancel_transfer")
"""Intents that may be a problem or a question; left out."""
URGENT = ("compromised_card", "lost_or_stolen_card", "lost_or_stolen_phone")
"""Intents that cannot wait."""
PERHAPS_URGENT = tuple(intent for intent in PROBLEMS if intent.endswith("_not_recognised"))
"""Intents that may be fraud or a lapse of memory."""
AT_PEOPLE = ("target_indiv_nh", "target_group_nh")
"""Not hateful, but some of them threaten people all the same; measured apart."""


def half_of(text: str) -> str:
    """Return which half a text belongs to."""
    return "unseen" if hashlib.sha1(text.encode()).digest()[0] % 2 == 0 else "seen"


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with headings."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reviews(data: Path, language: str, stars: bool) -> Iterator[Row]:
    """Return app reviews; those who report a problem complain."""
    for path in sorted((data / "minibar").glob(f"*.{language}.csv")):
        for row in read_rows(path):
            yield {
                "text": row["data"],
                "rating": row["score"] if stars else "",
                "language": language,
                "category": "complaint" if row["problem_report"] == "1" else "not-complaint",
            }


def threats(data: Path, language: str, people: bool) -> Iterator[Row]:
    """Return threats and, against them, sentences without hatred."""
    for row in read_rows(data / "hatecheck" / f"{language}.csv"):
        kind = row["functionality"]
        is_threat = kind.startswith("threat_")
        if is_threat or (kind.endswith("_nh") and (people or kind not in AT_PEOPLE)):
            yield {
                "text": row["test_case"],
                "language": language,
                "crisis": "yes" if is_threat else "no",
            }


def bank_questions(data: Path) -> Iterator[Row]:
    """Return customers' messages to a bank."""
    for row in read_rows(data / "banking77" / "dev.csv"):
        intent = row["category"]
        urgency = "critical" if intent in URGENT else "not-critical"
        if intent in PERHAPS_URGENT:
            urgency = ""
        if intent not in EITHER:
            yield {
                "text": row["text"],
                "language": "en",
                "after_sales": "yes",
                "category": "complaint" if intent in PROBLEMS else "question",
                "urgency": urgency,
                "crisis": "no",
            }


def sets(data: Path) -> Iterator[tuple[str, list[Row]]]:
    """Return the sets by name."""
    for language in ("fr", "en"):
        for stars in (True, False):
            rows = list(reviews(data, language, stars))
            for half in ("seen", "unseen"):
                name = f"reviews-{language}-{'stars' if stars else 'text'}-{half}"
                yield name, [row for row in rows if half_of(row["text"]) == half]
        yield f"threats-{language}", list(threats(data, language, people=False))
        yield f"threats-{language}-and-people", list(threats(data, language, people=True))
    yield "bank", list(bank_questions(data))


def write_set(path: Path, rows: Iterable[Row]) -> None:
    """Write labelled messages as `doleances evaluate` reads them."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(listed)


def evaluate(path: Path) -> list[dict[str, object]]:
    """Return the figures that `doleances evaluate` prints."""
    said = subprocess.run(
        [sys.executable, "-m", "runner", "evaluate", "--json", str(path)],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[1],
    )
    figures: list[dict[str, object]] = json.loads(said.stdout)["figures"]
    return figures


def shown(share: object) -> str:
    """Return a share for the table."""
    return f"{share:.3f}" if isinstance(share, float) else "-"


def main() -> None:
    """Write the sets, judge them, print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="the folder with the labelled sets")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the CSV files here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{'set':28} {'field':12} {'truth':14} {'n':>5} {'prec':>6} {'rec':>6} {'F1':>6}")
        for name, rows in sets(asked.data):
            path = (folder / f"{name}.csv").resolve()
            write_set(path, rows)
            for row in evaluate(path):
                shares = " ".join(f"{shown(row[k]):>6}" for k in ("precision", "recall", "f1"))
                print(
                    f"{name:28} {row['field']:12} {row['truth']:14} {row['labelled']:>5} {shares}"
                )


if __name__ == "__main__":
    main()
