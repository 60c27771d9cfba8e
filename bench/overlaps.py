"""Groups that are alike, at tenfold: 2,000 groups, 30,000 seats. `python bench/overlaps.py`.

Two hundred groups are twins of their neighbour: the same people and organisations, and nearly the same purpose.
Prints how long the night's comparison takes, then for each page: status, queries, kB, CPU and wall time in ms.
"""

from __future__ import annotations

import random
import time

from common import NOW, scratch_database
from data import TENFOLD, TOPICS, fill

WORDS = ["benefits", "licences", "archives", "customs", "tariffs", "sailors", "farms", "rivers", "schools", "clinics"]
PAGES = (
    "/groups/overlaps/", "/groups/overlaps/?by=people&least=80", "/groups/overlaps/?format=csv",
    "/groups/overlaps/people/", "/groups/overlaps/organisations/",
    "/groups/compare/?group=group-1&group=group-2&group=group-3&group=group-4&group=group-5&group=group-6",
    "/groups/group-1/story/",
)  # fmt: skip


def main() -> None:
    with scratch_database():
        fill(TENFOLD)
        twins(random.Random(3))
        from convenor.domain.groups.commands.overlaps import compare_all
        from convenor.domain.groups.models import Overlap

        began = time.perf_counter()
        compare_all(NOW)
        print(f"the night's comparison: {time.perf_counter() - began:.1f} s, {Overlap.objects.count()} pairs")
        from django.test import Client, override_settings

        with override_settings(ALLOWED_HOSTS=["*"]):
            for path in PAGES:
                print(measured(Client(), path))


def twins(chance: random.Random) -> None:
    """Purposes of a dozen words for all, and two hundred groups that are nearly their neighbour."""
    from convenor.domain.groups.models import Appointment, Group, Seat

    groups = list(Group.objects.filter(slug__startswith="group-").order_by("pk"))
    for group in groups:
        group.purpose = " ".join(chance.choices(WORDS + TOPICS, k=12))
    for number in range(0, 400, 2):
        groups[number + 1].purpose = f"{groups[number].purpose} {chance.choice(WORDS)}"
    Group.objects.bulk_update(groups, ["purpose"], batch_size=500)
    for number in range(0, 400, 2):
        first, second = ({s.number: s for s in Seat.objects.filter(group=g)} for g in groups[number : number + 2])
        for place, seat in second.items():
            like = first[place]
            Seat.objects.filter(pk=seat.pk).update(office=like.office_id, organisation=like.organisation_id)
            held = Appointment.objects.filter(seat=like).first()
            if held is not None:
                Appointment.objects.filter(seat=seat).update(person=held.person_id)


def measured(client: object, path: str) -> str:
    """The second of two requests: the first one warms the templates."""
    from django.db import connection

    client.get(path)  # type: ignore[attr-defined]
    asked = [0]

    def count(execute, *given):  # type: ignore[no-untyped-def]
        asked[0] += 1
        return execute(*given)

    cpu, wall = time.process_time(), time.perf_counter()
    with connection.execute_wrapper(count):
        answer = client.get(path)  # type: ignore[attr-defined]
    cpu, wall = (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000
    size = len(answer.content) / 1000
    return f"{path[:60]:62}{answer.status_code:>4}{asked[0]:>4} SQL{size:>8.1f} kB{cpu:>8.0f} ms CPU{wall:>8.0f} ms"


if __name__ == "__main__":
    main()
