#!/usr/bin/env python3
"""The replica fixed point in C++ and in NumPy, on the same problems in the same run, one thread each.

    python3 replica_side_by_side.py build/bin/bench_replica_point [--rounds 5]

Both take turns; times are medians over the rounds, the ratio is the median and the range of the ratios of each round.
`agree` says whether g, m, |w|^2/N and the generalisation error are the same to 1e-9 in every round. Debian:
python3-numpy python3-scipy. One problem at a time on both sides; a grid solved as arrays of problems would spread
NumPy's overhead of a call.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"  # read when NumPy is loaded

try:
    import replica_numpy
except ImportError as missing:
    sys.exit(f"replica_side_by_side.py: NumPy and SciPy are needed ({missing}).")

COMPARED = ("proximal_width", "overlap", "norm", "generalisation_error")
TOLERANCE = 1e-9
SECONDS = 0.05  # of NumPy, a problem and round


def cpp_round(program, only):
    """{name: (seconds, counters)} by one run of the benchmark."""
    command = [program, "--benchmark_format=json"] + ([f"--benchmark_filter={only}"] if only else [])
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found = {}
    for entry in json.loads(run.stdout)["benchmarks"]:
        if entry.get("error_occurred"):
            sys.exit(f"replica_side_by_side.py: {entry['run_name']}: {entry['error_message']}.")
        if entry.get("aggregate_name") == "median":
            name = entry["run_name"].split("/min_time")[0]
            found[name] = entry["cpu_time"] * 1e-6, entry
    return found


def numpy_problem(name, counters):
    perceptron = counters["chi"] >= 0.0
    return replica_numpy.Problem(
        loss=name.split("/")[0],
        alpha=counters["alpha"],
        noise=counters["noise"],
        ridge=counters["ridge"],
        fraction=counters["fraction"],
        intercept=counters["fraction"] != 0.5,
        data="perceptron" if perceptron else "two-clusters",
        chi=counters["chi"] if perceptron else 0.0,
    )


def numpy_round(problem):
    """Median seconds, and the solution."""
    seconds = []
    while not seconds or sum(seconds) < SECONDS:
        begin = time.process_time()
        solution = replica_numpy.solve(problem)
        seconds.append(time.process_time() - begin)
    return statistics.median(seconds), solution


def differences(a, b):
    return [abs(a[key] - b[key]) / max(abs(a[key]), abs(b[key]), 1e-300) for key in COMPARED]


def agree(apart):
    return all(d <= TOLERANCE for d in apart)  # not that of max(), which passes over NaN


def row(name, cpp, numpy, apart):
    ratios = [theirs / ours for ours, theirs in zip(cpp, numpy)]
    spread = f"{min(ratios):.1f}-{max(ratios):.1f}"
    times = f"{1e6 * statistics.median(cpp):10.1f}{1e6 * statistics.median(numpy):12.1f}"
    largest = math.nan if any(map(math.isnan, apart)) else max(apart)
    verdict = "yes" if agree(apart) else "NO"
    return f"{name:26}{times}{statistics.median(ratios):8.1f}{spread:>14}  {verdict} ({largest:.1e})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="bench_replica_point")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="regular expression of the problems to run")
    given = parser.parse_args()

    cpp, numpy, apart = {}, {}, {}
    for _ in range(max(1, given.rounds)):
        for name, (seconds, counters) in cpp_round(given.program, given.only).items():
            cpp.setdefault(name, []).append(seconds)
            seconds, solution = numpy_round(numpy_problem(name, counters))
            numpy.setdefault(name, []).append(seconds)
            apart.setdefault(name, []).extend(differences(counters, solution))

    head = f"{'problem':26}{'C++, us':>10}{'NumPy, us':>12}{'ratio':>8}{'range':>14}"
    print(head + "  agree (largest relative difference)")
    for name in cpp:
        print(row(name, cpp[name], numpy[name], apart[name]))
    sys.exit(0 if all(map(agree, apart.values())) else 1)


if __name__ == "__main__":
    main()
