"""Holds what `everpart inspect --json` says of mesh files against trimesh: facets, sizes, area, and of closed
meshes volume, to 1e-6 relative; and whether they are watertight.

    Tests/Peers/agree.py EVERPART FILE-OR-FOLDER...

Prints a line for each disagreement and a count at the end; exits with 1 if there was one. Needs trimesh, scipy,
networkx and lxml. Files that either side refuses are counted and named with --verbose.
"""

import json
import math
import pathlib
import subprocess
import sys
import warnings

import numpy
import trimesh

warnings.filterwarnings("ignore")
KINDS = {".stl", ".obj", ".ply", ".3mf"}


def files(arguments):
    for argument in map(pathlib.Path, arguments):
        if argument.is_dir():
            yield from sorted(p for p in argument.rglob("*") if p.suffix.lower() in KINDS and p.is_file())
        else:
            yield argument


def peer(path):
    scene = trimesh.load_scene(path)
    bodies = [m for m in scene.dump() if isinstance(m, trimesh.Trimesh) and len(m.faces)]
    if not bodies:
        return None
    bounds = numpy.array([b.bounds for b in bodies])
    return {
        "triangles": sum(len(b.faces) for b in bodies),
        "size": (bounds[:, 1].max(axis=0) - bounds[:, 0].min(axis=0)).tolist(),
        "area": sum(b.area for b in bodies),
        "volume": abs(sum(b.volume for b in bodies)),
        "watertight": all(b.is_watertight and b.is_winding_consistent for b in bodies),
        "unit": scene.units,
    }


def near(a, b, scale=None):
    return a is not None and math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6 * (scale or abs(b)))


def differences(ours, theirs):
    """What differs; sizes are compared in millimetres, which trimesh reads 3MF in already."""
    found = []
    if ours["triangles"] != theirs["triangles"]:
        found.append(f"triangles {ours['triangles']} / {theirs['triangles']}")
    scale = max(theirs["size"])
    if not all(near(a, b, scale) for a, b in zip(ours["size_mm"], theirs["size"])):
        found.append(f"size {ours['size_mm']} / {theirs['size']}")
    if not near(ours["area_mm2"], theirs["area"]):
        found.append(f"area {ours['area_mm2']} / {theirs['area']}")
    if ours["watertight"] is not None and ours["watertight"] != theirs["watertight"]:
        found.append(f"watertight {ours['watertight']} / {theirs['watertight']}")
    if ours["watertight"] and theirs["watertight"] and not near(ours["volume_mm3"], theirs["volume"]):
        found.append(f"volume {ours['volume_mm3']} / {theirs['volume']}")
    return found


def main():
    verbose = "--verbose" in sys.argv
    program, *paths = [a for a in sys.argv[1:] if a != "--verbose"]
    counts = dict.fromkeys(["agree", "differ", "refused by both", "refused here", "refused there"], 0)
    for path in files(paths):
        run = subprocess.run([program, "inspect", "--json", str(path)], capture_output=True, text=True)
        line = run.stdout.strip().splitlines()
        ours = json.loads(line[0]) if line else {"refused": {"code": f"exit {run.returncode}"}}
        try:
            theirs, why = peer(path), "no mesh"
        except Exception as error:  # trimesh raises whatever its readers raise
            theirs, why = None, f"{type(error).__name__}: {error}"[:80]
        refused = ours.get("refused")
        if refused or theirs is None:
            kind = "refused by both" if refused and theirs is None else "refused here" if refused else "refused there"
            counts[kind] += 1
            if verbose or (kind == "refused here"):
                print(f"{kind}: {path}: {refused['code'] + ': ' + refused.get('message', '') if refused else why}")
            continue
        found = differences(ours, theirs)
        counts["differ" if found else "agree"] += 1
        if found:
            print(f"differ: {path}: {'; '.join(found)}")
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
