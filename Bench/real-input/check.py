#!/usr/bin/env python3
"""Checks a file of verification events against the wire format, knowing nothing of how it was made.

Prints the counts, then "check: ok"; or the first faults with their lines, and exits with 1.
Needs only the standard library.
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime

LARGEST_TIP_BYTES = 16 * 1024
FAULTS_SHOWN = 20
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def is_text(value):
    return isinstance(value, str)


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_boolean(value):
    return isinstance(value, bool)


def is_percentage(value):
    return is_number(value) and 0 <= value <= 100


def is_promotion_id(value):
    return (is_text(value) and 1 <= len(value.encode()) <= 255
            and not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in value))


def is_event_id(value):
    return is_text(value) and 1 <= len(value) <= 128


def is_tip_text(value):
    return is_text(value) and 1 <= len(value.encode()) <= LARGEST_TIP_BYTES


def is_timestamp(value):
    if not (is_text(value) and TIMESTAMP.fullmatch(value)):
        return False
    try:
        datetime.fromisoformat(value)
        return True
    except ValueError:
        return False


# Per type: field, its check, and whether it is required.
COMMON = {
    "type": (is_text, True),
    "promotionId": (is_promotion_id, True),
    "timestamp": (is_timestamp, True),
    "eventId": (is_event_id, False),
}
FIELDS = {
    "AutomatedTestResult": COMMON | {
        "merchantId": (is_integer, True),
        "success": (is_boolean, True),
        "discountValue": (lambda value: is_number(value) and value >= 0, True),
        "testDuration": (lambda value: is_integer(value) and value >= 0, False),
        "errorMessage": (is_text, False),
        "testEnvironment": (is_text, False),
    },
    "CommunityVerification": COMMON | {
        "merchantId": (is_integer, False),
        "verifierId": (is_text, True),
        "verifierReputationScore": (is_percentage, True),
        "is_valid": (is_boolean, True),
        "verificationMethod": (is_text, False),
        "notes": (is_text, False),
    },
    "CommunityTip": COMMON | {
        "merchantId": (is_integer, False),
        "tipText": (is_tip_text, True),
        "userId": (is_text, False),
        "userReputation": (is_percentage, False),
        "confidence_score": (lambda value: is_number(value) and 0 <= value <= 1, False),
    },
}


def without_duplicate_keys(pairs):
    event = dict(pairs)
    if len(event) != len(pairs):
        raise ValueError("a key stands twice")
    return event


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def field_faults(event):
    """What is wrong with one event by itself."""
    fields = FIELDS.get(event.get("type"))
    if fields is None:
        return [f"unknown type {event.get('type')!r}"]
    faults = [f"{name} is missing" for name, (_, required) in fields.items() if required and name not in event]
    for name, value in event.items():
        if name not in fields:
            faults.append(f"unknown field {name}")
        elif not fields[name][0](value):
            faults.append(f"{name} is {value!r}")
    return faults


def read_truth(path):
    """Per deal its intervals of life, half-open. Times of one form compare as text."""
    intervals = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not (is_timestamp(row["alive_from"]) and row["alive_from"] < row["alive_until"]):
                sys.exit(f"check: {path}: bad interval {row}")
            if not 0 < float(row["works_rate"]) <= 1:
                sys.exit(f"check: {path}: bad rate {row}")
            intervals[row["deal_id"]].append((row["alive_from"], row["alive_until"]))
    return intervals


def share(part, whole):
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f} %)" if whole else "none"


def main():
    parser = argparse.ArgumentParser(prog="check.py", description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--truth", metavar="FILE", help="the sidecar of `generate --truth`: check outcomes with it")
    parser.add_argument("--expect", type=int, metavar="N", help="the number of events that there must be")
    arguments = parser.parse_args()
    truth = read_truth(arguments.truth) if arguments.truth else None

    faults = []
    ids, bare_lines, merchants = set(), set(), {}
    kinds, verdicts, tests = Counter(), Counter(), Counter()
    deals, without_id = set(), 0
    first = previous = ""

    with open(arguments.file, encoding="utf-8", newline="") as file:
        for number, line in enumerate(file, 1):
            try:
                if not line.endswith("\n") or line.endswith("\r\n"):
                    raise ValueError("the line does not end in a line feed alone")
                event = json.loads(line, object_pairs_hook=without_duplicate_keys, parse_constant=refuse_constant)
                if not isinstance(event, dict):
                    raise ValueError("not an object")
            except ValueError as error:
                faults.append((number, str(error)))
                continue
            found = field_faults(event)
            if found:
                faults += [(number, fault) for fault in found]
                continue

            kind, deal, time = event["type"], event["promotionId"], event["timestamp"]
            kinds[kind] += 1
            deals.add(deal)
            if time < previous:
                faults.append((number, f"{time} comes after {previous}"))
            first, previous = first or time, time
            # An event without an id is known by its content, so the content must be its own.
            key, seen = (event["eventId"], ids) if "eventId" in event else (line, bare_lines)
            if key in seen:
                faults.append((number, f"{key!r} stands twice"))
            seen.add(key)
            without_id += "eventId" not in event
            if "merchantId" in event and merchants.setdefault(deal, event["merchantId"]) != event["merchantId"]:
                faults.append((number, f"deal {deal} changes its merchant"))

            alive = truth is not None and any(start <= time < stop for start, stop in truth.get(deal, []))
            if truth is not None and deal not in truth:
                faults.append((number, f"deal {deal} is not in the truth"))
            if kind == "AutomatedTestResult":
                tests[alive, event["success"]] += 1
            elif kind == "CommunityVerification":
                verdicts[event["is_valid"]] += 1
                if truth is not None and event["is_valid"] != alive:
                    faults.append((number, f"is_valid is {event['is_valid']}, but alive is {alive}"))

    events = sum(kinds.values())
    if not events:
        faults.append((0, "there is no event"))
    if arguments.expect is not None and events != arguments.expect:
        faults.append((0, f"{events} events, expected {arguments.expect}"))

    print(f"events         {events:,} from {first} to {previous}")
    for kind in FIELDS:
        print(f"  {kind:21} {kinds[kind]:,}")
    print(f"verifications  {verdicts[True]:,} valid, {verdicts[False]:,} not")
    print(f"deals          {len(deals):,}; merchants {len(set(merchants.values())):,}")
    print(f"without an id  {without_id:,}")
    if truth is not None:
        print(f"tests that pass while alive  {share(tests[True, True], tests[True, True] + tests[True, False])}")
        print(f"tests that pass while dead   {share(tests[False, True], tests[False, True] + tests[False, False])}")
    for number, fault in faults[:FAULTS_SHOWN]:
        print(f"check: line {number}: {fault}", file=sys.stderr)
    if faults:
        sys.exit(f"check: {len(faults):,} faults")
    print("check: ok")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"check: {error}")
