"""SHELL: draws docs/img/cost.svg and docs/img/noise.svg from bench.json and accuracy.json.

`.venv-bench/bin/python -m tests.bench.plots` (`make bench-plots`). Without a report its plot stays as it is.
"""

import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

from tests.bench.bench_report import folder

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "img"
STYLE = {"svg.hashsalt": "xunfang", "svg.fonttype": "none", "font.size": 9}
# Words of the conditions of accuracy.json, in order of how bad they are.
NOISE = ("σ 5 m ρ 0.9", "σ 10 m white", "σ 10 m ρ 0.9", "σ 20 m ρ 0.9")


def main() -> None:
    """Draw what there are reports for."""
    plt.rcParams.update(STYLE)
    IMAGES.mkdir(parents=True, exist_ok=True)
    paths = [folder() / name for name in ("bench.json", "accuracy.json")]
    found = {path.stem: json.loads(path.read_text()) for path in paths if path.exists()}
    if "engine" in found.get("bench", {}):
        cost(found["bench"]["engine"], found["bench"].get("peers", {"rows": []})["rows"])
    if "accuracy" in found:
        noise(found["accuracy"]["rows"])


def cost(engine: list[dict[str, Any]], peers: list[dict[str, Any]]) -> None:
    """Draw CPU seconds by number of fixes; peers as one point each, with what they had."""
    figure, axes = plt.subplots(figsize=(6.4, 4.2))
    own = [row for row in engine if row["what"] == "rebuild"]
    axes.plot([row["fixes"] for row in own], [row["cpu_s"] for row in own], "o-", label="ours, blob to sums")
    for row, mark in zip(peers, "sv^<>DX", strict=False):
        axes.plot([row["fixes"]], [row["peer_cpu_s"]], mark, linestyle="none", label=row["name"])
    axes.set(xscale="log", yscale="log", xlabel="fixes", ylabel="CPU seconds")
    _save(figure, axes, "cost.svg")


def noise(rows: list[dict[str, Any]]) -> None:
    """Draw 1 - F1 by noise, ours and the 25 m buffer, on fresh seeds and the network of streets."""
    chosen = {row["condition"]: row for row in rows if row["network"] == "streets" and row["seeds"] == "fresh"}
    names = [name for name in NOISE if name in chosen]
    figure, axes = plt.subplots(figsize=(6.4, 3.4))
    axes.plot(names, [1 - chosen[name]["f1"] for name in names], "o-", label="matched")
    axes.plot(names, [1 - chosen[name]["buffer_f1"] for name in names], "s--", label="25 m buffer")
    axes.set(ylabel="error: 1 − F1 by length", ylim=(0, None))
    _save(figure, axes, "noise.svg")


def _save(figure: Any, axes: Any, name: str) -> None:
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(IMAGES / name, metadata={"Date": None})


if __name__ == "__main__":
    main()
