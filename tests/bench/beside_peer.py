#!/usr/bin/env python3
"""Puts the same patients through the stack a clinic would run instead and through Wardseal, and prints the ratios.

usage: beside_peer.py SHARED-BENCH-FOLDER PEER-PYTHON BENCH-COMMAND...
WARDSEAL_PATIENTS sets how many (default 5000), WARDSEAL_ROUNDS how often (default 3; the medians count).
"""
import json, os, pathlib, statistics, subprocess, sys, tempfile

AIMS = [("import_s", "import_s", "import", 1.5), ("import_s", "deterministic_import_s", "deterministic import", 10),
        ("first_page_s", "first_page_s", "first page of Smith", 10), ("search_all_s", "search_all_s", "all hits of Smith", 20)]
# Times as long as something else of the same run: at most.
LIMITS = [("import_over_libmongocrypt", "import, libmongocrypt alone on one core", 2),
          ("prefix_over_exact", "page by first letters, exact page", 3), ("years_over_exact", "page by years of birth, exact page", 3),
          ("small_page_growth", "a page of five, with 1,000 patients", 2)]
PLAIN = ["bytes_a_patient", "plain_bytes_a_patient", "bytes_after_compaction", "tags_a_patient", "counters_a_patient",
         "counters_after_compaction"]


def last_json(command):
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads([line for line in out.splitlines() if line.startswith("{")][-1])


def main():
    folder, python, ours = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    patients = os.environ.get("WARDSEAL_PATIENTS", "5000")
    with tempfile.TemporaryDirectory() as work:
        file, few = pathlib.Path(work) / "patients.ndjson", pathlib.Path(work) / "few.ndjson"
        for path, count in ((file, patients), (few, "1000")):
            with path.open("w") as out:
                subprocess.run([sys.executable, folder / "make_patients.py", count, "1"], check=True, stdout=out)
        rounds = []
        for _ in range(int(os.environ.get("WARDSEAL_ROUNDS", "3"))):
            peer = last_json([python, folder / "peer_stack.py", file, "Smith"])
            own = last_json([*ours, "--json", "--patients", file, "import", "search"])
            small = last_json([*ours, "--json", "--patients", few, "import", "search"])
            own["small_page_growth"] = own["small_page_p95_s"] / small["small_page_p95_s"]
            rounds.append((peer, own))
    print(f"{patients} patients, {rounds[0][1]['hits']:.0f} Smiths, {len(rounds)} rounds; times faster than the peer stack:")
    for theirs, mine, what, aim in AIMS:
        ratio = statistics.median(peer[theirs] / own[mine] for peer, own in rounds)
        print(f"  {what:<20} {ratio:6.2f} x   (aim {aim} x{'' if ratio >= aim else ', missed'})")
    median = lambda name: statistics.median(own[name] for _, own in rounds)
    print("times as long as:")
    for name, what, most in [limit for limit in LIMITS if limit[0] in rounds[0][1]]:
        print(f"  {what:<42} {median(name):6.2f} x   (at most {most} x{'' if median(name) <= most else ', missed'})")
    print("a patient costs:")
    for name in [name for name in PLAIN if name in rounds[0][1]]:
        print(f"  {name:<42} {median(name):8.0f}")
    print(f"  memory at its peak   {max(own['memory_peak'] for _, own in rounds):6.0f} MB")


main()
