#!/usr/bin/env python3
"""Scores detector output on the Numenta Anomaly Benchmark (v1.1), as its own scorer does.

  bench/nab_score.py SCORES [--data ../shared/data/nab]

SCORES holds <category>/<file>.jsonl for each <category>/<file>.csv of the data: what
`wardhive replay --series FILE.csv --scores` prints, one {"t", "series", "score", "threshold"} per row.

What the numbers are: rows of the probation (15 %, at most 750) do not count; in a labelled window
only the earliest detection does; each one outside costs. NAB chooses ONE threshold per profile by
trying all of them against the labels, so `best` is fitted on the test set, here as in every published
table. `at 1` is the score with the detector's own threshold, nothing fitted: the honest number.
Published for comparison (standard): ARTime 74.9, Numenta HTM 70.1, CAD OSE 69.9, windowed Gaussian 39.6.
"""
import argparse
import csv
import json
import math
import pathlib
import sys

PROFILES = {"standard": (0.11, 1.0), "low_FP": (0.22, 1.0), "low_FN": (0.11, 2.0)}  # cost of an FP, of an FN


def sigmoid(x):
    return -1.0 if x > 3 else 2 / (1 + math.exp(5 * x)) - 1


def weigh(rows, windows, window_base):
    """(score, window or None, value if detected) of each row that counts."""
    probation = min(int(0.15 * len(rows)), 750)
    weighed = []
    for i, score in enumerate(rows):
        if i < probation:
            continue
        inside = next((w for w, (a, b) in enumerate(windows) if a <= i <= b), None)
        if inside is not None:
            a, b = windows[inside]
            value = sigmoid(-(b - i + 1) / (b - a + 1)) / sigmoid(-1)
            weighed.append((score, window_base + inside, value))
            continue
        before = [w for w in windows if w[1] < i]
        width = before[-1][1] - before[-1][0] if before else 0
        weighed.append((score, None, sigmoid((i - before[-1][1]) / width) if width else -1.0))
    return weighed


def sweep(weighed, window_count, fp_cost, fn_cost):
    """(best, its threshold, score at threshold 1), normalised to 0 (silent) .. 100 (perfect)."""
    def normal(total):
        return 100 * (total + fn_cost * window_count) / (window_count * (1 + fn_cost))
    best_in_window, total = {}, -fn_cost * window_count
    best, best_threshold, at_one = total, math.inf, total
    weighed = sorted(weighed, key=lambda row: -row[0])
    for place, (score, window, value) in enumerate(weighed):
        if window is None:
            total += fp_cost * value
        else:
            old = best_in_window.get(window, -fn_cost)
            best_in_window[window] = max(old, value)
            total += best_in_window[window] - old
        if place + 1 < len(weighed) and weighed[place + 1][0] == score:
            continue  # rows of one score pass the threshold together
        if total > best:
            best, best_threshold = total, score
        if score >= 1:
            at_one = total
    return normal(best), best_threshold, normal(at_one)


def read_scores(path, rows_expected):
    scores = []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if "score" in row:
            scores.append(row["score"] / row["threshold"])
    if len(scores) != rows_expected:
        sys.exit(f"{path}: {len(scores)} scores; expected one for each of {rows_expected} rows")
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scores", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("../shared/data/nab"))
    args = parser.parse_args()
    labels = json.loads((args.data / "combined_windows.json").read_text())
    weighed, window_count = [], 0
    for name in sorted(labels):
        with open(args.data / name, newline="") as file:
            times = [row[0] for row in csv.reader(file)][1:]
        windows = []
        for first, last in labels[name]:
            inside = [i for i, t in enumerate(times) if first.split(".")[0] <= t <= last.split(".")[0]]
            windows.append((inside[0], inside[-1]))
        scores = read_scores((args.scores / name).with_suffix(".jsonl"), len(times))
        weighed += weigh(scores, windows, window_count)
        window_count += len(windows)
    for profile, (fp_cost, fn_cost) in PROFILES.items():
        best, threshold, at_one = sweep(weighed, window_count, fp_cost, fn_cost)
        print(f"{profile:9} best {best:6.2f} (threshold {threshold:.3f}, fitted on the labels)   at 1 {at_one:6.2f}")


if __name__ == "__main__":
    main()
