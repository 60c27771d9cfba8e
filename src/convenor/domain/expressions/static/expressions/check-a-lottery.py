"""Check a published lottery: `python3 check-a-lottery.py FILE [REFERENCE]`.

FILE is the JSON file of the selection's page. With a reference it also says that person's chance. Python 3.8 or later
and nothing else; it shares no line with the program that drew. It ends with 0 where all is as published, else with 1.
"""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def lot(run, purpose):
    """The number for a purpose: SHA-256 of seed, digest of the inputs and the purpose."""
    return int(sha256("/".join([run["seed"], run["inputs_sha256"], purpose])), 16)


def in_order(run, purpose, names):
    return sorted(names, key=lambda name: lot(run, purpose + "/" + name))


def ticket_of(run, tickets):
    """A number below `tickets`; numbers past the last whole multiple of it are thrown away."""
    attempt = 0
    while lot(run, f"ticket/{attempt}") >= 2**256 - 2**256 % tickets:
        attempt += 1
    return lot(run, f"ticket/{attempt}") % tickets


def slate_at(slates, ticket):
    for slate in slates:
        if ticket < slate["tickets"]:
            return slate
        ticket -= slate["tickets"]
    raise SystemExit("There is no such ticket.")


def organisation_of(entrant, inputs):
    """Entrants who share no organisation, or where that does not matter, stand for themselves."""
    shared = inputs["one_per_organisation"] and entrant.get("organisation")
    return shared or entrant["reference"]


def organisations_of_pools(chances, people, inputs):
    pools = {}
    for alike in chances["alike"]:
        names = pools.setdefault(alike["pool"], set())
        names.update(organisation_of(people[name], inputs) for name in alike["references"])
    return pools


def keeps_rules(slate, chances, pools, inputs):
    """Whether whoever is drawn under this slate, the seats are filled and every rule is kept."""
    seats = [(chances["alike"][int(place)], many) for place, many in slate["seats"].items()]
    for quota in inputs["quotas"]:
        held = sum(many for alike, many in seats if quota["trait"] in alike["traits"])
        if held < (quota["minimum"] or 0) or (quota["maximum"] is not None and held > quota["maximum"]):
            return False
    room = all(sum(many for alike, many in seats if alike["pool"] == pool) <= len(pools[pool]) for pool in pools)
    return room and sum(many for _alike, many in seats) == inputs["seats"]


def drawn(run, chances, people, inputs):
    """Who sits: in each pool the organisations in the order of their lots, the first for the first kind, and so on."""
    pools = organisations_of_pools(chances, people, inputs)
    waiting = {}
    chosen = []
    slate = slate_at(chances["slates"], ticket_of(run, chances["tickets"]))
    for place in sorted(slate["seats"], key=int):
        alike = chances["alike"][int(place)]
        order = waiting.setdefault(alike["pool"], in_order(run, "organisation", pools[alike["pool"]]))
        for _seat in range(slate["seats"][place]):
            organisation = order.pop(0)
            able = [name for name in alike["references"] if organisation_of(people[name], inputs) == organisation]
            chosen.append(in_order(run, "entrant", able)[0])
    return chosen


def chance_of(reference, chances):
    for place, alike in enumerate(chances["alike"]):
        if reference in alike["references"]:
            seats = sum(slate["tickets"] * slate["seats"].get(str(place), 0) for slate in chances["slates"])
            return Fraction(seats, chances["tickets"] * len(alike["references"]))
    return None


def checks(run, inputs, chances):
    """Each check, in words, and whether it holds."""
    people = {each["reference"]: each for each in inputs["entrants"]}
    listed = [name for alike in chances["alike"] for name in alike["references"]]
    alike = all(people[name]["traits"] == each["traits"] for each in chances["alike"] for name in each["references"])
    pools = organisations_of_pools(chances, people, inputs)
    dealt = sum(slate["tickets"] for slate in chances["slates"]) == chances["tickets"]
    kept = all(keeps_rules(slate, chances, pools, inputs) for slate in chances["slates"])
    chosen = drawn(run, chances, people, inputs)
    rest = set(people) - set(chosen)
    yield "the inputs have the digest that was sealed", sha256(run["inputs"]) == run["inputs_sha256"]
    yield "the chances have the digest that was sealed", sha256(run["chances"]) == run["chances_sha256"]
    yield "the chances are those of these inputs", chances["inputs"] == run["inputs_sha256"]
    yield "the seed is made of the secret and the seal", sha256(run["secret"] + "/" + run["seal_hash"]) == run["seed"]
    yield "everybody is in the lottery, once", sorted(listed) == sorted(people)
    yield "those who count as alike are alike", alike
    yield "every panel that can be drawn keeps every rule", dealt and kept
    yield "the seed draws those who were chosen", sorted(chosen) == sorted(run["chosen"])
    yield "the seed draws the order of the reserve", in_order(run, "reserve", rest) == run["reserve"]


def main(path, reference=None):
    run = json.loads(Path(path).read_text(encoding="utf-8"))
    if run["method"] != "lottery":
        raise SystemExit("This selection was by rank: there is no lottery to check.")
    if run.get("withheld"):
        raise SystemExit(run["withheld"])
    inputs, chances = json.loads(run["inputs"]), json.loads(run["chances"])
    found = list(checks(run, inputs, chances))
    for words, holds in found:
        print("yes " if holds else "NO  ", words)  # noqa: T201
    if reference:
        chance = chance_of(reference, chances)
        said = "not in this lottery" if chance is None else f"your chance was {float(100 * chance):.2f} %"
        print(said)  # noqa: T201
    return 0 if all(holds for _words, holds in found) else 1


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    raise SystemExit(main(*sys.argv[1:3]))
