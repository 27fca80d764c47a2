"""Holds what `everpart inspect --json` says of mesh files against trimesh: facets, sizes, area, and of closed
meshes volume, to 1e-6 relative; and whether they are watertight.

    Tests/Peers/agree.py [--verbose] [--quick] [--largest MB] EVERPART FILE-OR-FOLDER...

Where the two differ, trimesh's own data are measured once more without one of its habits (see `second_opinions`);
a file that then agrees is counted as explained, under the habit's name. Prints a line for each file that stays
different and for each that is refused here alone, and the counts at the end; exits with 1 if a file stayed
different. With --quick the program measures only what is compared; files above --largest are left out. Needs
trimesh, scipy, networkx and lxml.
"""

import argparse
import collections
import json
import math
import pathlib
import subprocess
import sys
import warnings
import zipfile
from xml.etree import ElementTree

import numpy
import trimesh

warnings.filterwarnings("ignore")
KINDS = {".stl", ".obj", ".ply", ".3mf"}
MILLIMETRES = {"micron": 1e-3, "millimeter": 1, "millimeters": 1, "centimeter": 10, "inch": 25.4, "inches": 25.4,
               "foot": 304.8, "meter": 1000, "meters": 1000}


def files(arguments, largest):
    for argument in map(pathlib.Path, arguments):
        found = argument.rglob("*") if argument.is_dir() else [argument]
        for path in sorted(p for p in found if p.is_file() and (p == argument or p.suffix.lower() in KINDS)):
            if path.stat().st_size <= largest * 1_000_000:
                yield path


class Figures:
    """What is compared, of facets' corners as points in millimetres."""

    def __init__(self, corners, watertight):
        self.triangles, self.watertight = len(corners), watertight
        self.size = (corners.max(axis=(0, 1)) - corners.min(axis=(0, 1))).tolist()
        crosses = numpy.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self.area = numpy.linalg.norm(crosses, axis=1).sum() / 2
        near = corners - corners.reshape(-1, 3).mean(axis=0)
        self.volume = abs(numpy.einsum("ij,ij", numpy.cross(near[:, 0], near[:, 1]), near[:, 2])) / 6


def peer(path):
    """Trimesh's bodies, placed and in millimetres, and its own word on each."""
    scene = trimesh.load_scene(path)
    bodies = [m for m in scene.dump() if isinstance(m, trimesh.Trimesh) and len(m.faces)]
    if not bodies:
        return None
    scale = MILLIMETRES[scene.units] if path.suffix.lower() == ".3mf" else 1
    watertight = all(b.is_watertight and b.is_winding_consistent for b in bodies)
    theirs = Figures(numpy.concatenate([b.triangles for b in bodies]) * scale, watertight)
    # Of its own volume the magnitude counts: which way all facets face is not compared.
    theirs.volume = abs(sum(b.volume for b in bodies)) * scale**3
    return theirs, bodies, scale


def edges_of(faces):
    """How often each directed edge occurs less how often its reverse does, and how many facets each has."""
    edges = numpy.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = edges[edges[:, 0] != edges[:, 1]]
    if not len(edges):
        return numpy.zeros(0), numpy.zeros(0)
    forward = numpy.where(edges[:, 0] < edges[:, 1], 1, -1)
    _, which = numpy.unique(numpy.sort(edges, axis=1), axis=0, return_inverse=True)
    return numpy.bincount(which.ravel(), weights=forward), numpy.bincount(which.ravel())


def closed(corners, places):
    """Whether the surface has no boundary once corners of equal position, to so many places, are one; and why
    trimesh, if its vertices are one too, does not say so: an edge that two of a facet's corners make by being
    one ("collapse"), or that more than two facets have ("shared edge")."""
    points = numpy.round(corners.reshape(-1, 3), places) + 0.0
    _, which = numpy.unique(points, axis=0, return_inverse=True)
    faces = which.reshape(-1, 3)
    whole = faces[(faces != numpy.roll(faces, 1, axis=1)).all(axis=1)]
    balance, facets = edges_of(whole)
    tight = bool(len(balance)) and not balance.any()
    return tight, "shared edge" if (facets > 2).any() else "collapse" if len(whole) < len(faces) else "seam"


def facets_of_3mf(path):
    """The facets that a 3MF builds, in the model's unit: of every object that an item names, in whichever part
    it is, under the transforms as they are written."""
    objects = {}
    with zipfile.ZipFile(path) as package:
        names = {name.lower(): name for name in package.namelist()}
        types = (ElementTree.fromstring(package.read(names["_rels/.rels"])))
        root = next(r.get("Target") for r in types if r.get("Type").endswith("/2013/01/3dmodel"))
        models = {"/" + name: ElementTree.fromstring(package.read(name)) for name in package.namelist()
                  if name.lower().endswith(".model")}
    for part, model in models.items():
        objects |= {(part, o.get("id")): o for o in model.iterfind(".//{*}resources/{*}object")}

    def matrix(element):
        rows = numpy.array((element.get("transform") or "1 0 0 0 1 0 0 0 1 0 0 0").split(), float)
        return rows.reshape(4, 3)

    def facets(element, part):
        part = next((v for k, v in element.items() if k.endswith("}path")), part)
        node, placed = objects[part, element.get("objectid")], []
        points = [[float(v.get(axis)) for axis in "xyz"] for v in node.iterfind("{*}mesh/{*}vertices/{*}vertex")]
        corners = [[int(t.get(v)) for v in ("v1", "v2", "v3")] for t in node.iterfind("{*}mesh/{*}triangles/{*}triangle")]
        if corners:
            placed = [numpy.array(points)[numpy.array(corners)]]
        placed += [facets(c, part) for c in node.iterfind("{*}components/{*}component")]
        rows = matrix(element)
        whole = numpy.concatenate(placed) @ rows[:3] + rows[3]
        return whole[:, ::-1] if numpy.linalg.det(rows[:3]) < 0 else whole

    root = next(part for part in models if part.lower() == "/" + root.lstrip("/").lower())
    return numpy.concatenate([facets(item, root) for item in models[root].iterfind("{*}build/{*}item")])


def polygons_of(path, bodies):
    """The faces of an OBJ or PLY as lists of points, as far as they have more than three corners."""
    if path.suffix.lower() == ".ply":
        raw = bodies[0].metadata["_ply_raw"]
        points = numpy.column_stack([raw["vertex"]["data"][axis] for axis in "xyz"]).astype(float)
        faces = raw["face"]["data"]
        lists = next(faces[name] for name in ("vertex_indices", "vertex_index") if name in faces)
        lists = lists["f1"] if getattr(lists, "dtype", None) is not None and lists.dtype.names else lists
        return [points[numpy.asarray(face, int)] for face in lists if len(face) > 3]
    return [points for points in faces_of_obj(path) if len(points) > 3]


def faces_of_obj(path):
    """The faces of an OBJ as lists of points. A negative number counts back from the last vertex before it."""
    points, faces = [], []
    for line in path.read_text(errors="replace").replace("\\\n", " ").splitlines():
        word, *values = line.partition("#")[0].split() or [""]
        if word == "v":
            points.append([float(value) for value in values[:3]])
        elif word == "f":
            numbers = [int(value.split("/")[0]) for value in values]
            faces.append([n - 1 if n > 0 else len(points) + n for n in numbers])
    points = numpy.array(points)
    return [points[face] for face in faces]


def fan(points):
    arms = points[1:] - points[0]
    return numpy.linalg.norm(numpy.cross(arms[:-1], arms[1:]), axis=1).sum() / 2


def bounds_of_area(polygons):
    """The least and the most that a triangulation of these polygons without overlap has. None has less than the
    vector area; of a flat polygon each has just that. Of a quadrilateral there are two. Of others that are not
    flat, a fan is taken for the most."""
    least = most = 0.0
    for points in polygons:
        near = points - points[0]
        vector = numpy.linalg.norm(numpy.cross(near[1:-1], near[2:]).sum(axis=0)) / 2
        fans = [fan(numpy.roll(points, -k, axis=0)) for k in range(len(points) if len(points) <= 64 else 1)]
        rank = numpy.linalg.svd(near - near.mean(axis=0), compute_uv=False)
        flat = rank[2] <= 1e-7 * rank[0]
        least += vector if flat or len(points) > 4 else min(fans)
        most += vector if flat else max(fans)
    return least, most


def near(a, b, scale=None):
    return a is not None and math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6 * (scale or abs(b)))


def differences(ours, theirs):
    """What differs, by name, with both values."""
    found = {}
    if ours["triangles"] != theirs.triangles:
        found["triangles"] = ours["triangles"], theirs.triangles
    if not all(near(a, b, max(theirs.size)) for a, b in zip(ours["size_mm"], theirs.size)):
        found["size"] = ours["size_mm"], theirs.size
    if not near(ours["area_mm2"], theirs.area):
        found["area"] = ours["area_mm2"], theirs.area
    if ours["watertight"] is not None and ours["watertight"] != theirs.watertight:
        found["watertight"] = ours["watertight"], theirs.watertight
    # What the volume of a thin or hollow thing cancels against is its area times its size.
    scale = None if theirs.volume > 1e-6 * theirs.area * max(theirs.size) else theirs.area * max(theirs.size)
    if ours["watertight"] and theirs.watertight and not near(ours["volume_mm3"], theirs.volume, scale):
        found["volume"] = ours["volume_mm3"], theirs.volume
    return found


def second_opinions(path, ours, theirs, bodies, scale):
    """What remains of the differences, and the names of trimesh's habits that made the others:
    transform   3MF transforms that are nearly rigid are made rigid
    part        of another part of a 3MF every object is taken, whichever is named
    relative    an OBJ's negative numbers are counted from the end of the file
    seam        vertices of one position but different texture, normal, colour or group are apart
    shared edge a closed surface that touches itself along an edge is not called watertight
    collapse    nor is one with a facet two of whose corners are at one position
    fan         polygons are cut into a fan, which overlaps where they are concave, and where they are not flat
                another cut has another area
    twice       a polygon comes back to one of its corners, so that what it bounds is not said
    """
    why, corners = [], numpy.concatenate([b.triangles for b in bodies]) * scale
    found = differences(ours, theirs)
    if {"triangles", "size", "area", "volume"} & found.keys() and path.suffix.lower() == ".3mf":
        corners = facets_of_3mf(path) * scale
        left = differences(ours, Figures(corners, theirs.watertight))
        if not {"triangles", "size", "area", "volume"} & left.keys():
            why, found = ["part" if "triangles" in found else "transform"], left
    if "size" in found and path.suffix.lower() == ".obj":
        fans = [(face[0], *pair) for face in faces_of_obj(path) for pair in zip(face[1:], face[2:])]
        again = Figures(numpy.array(fans), theirs.watertight)
        if "size" not in (left := differences(ours, again)):
            why, found, corners = ["relative"], left, numpy.array(fans)
    if {"area", "volume"} & found.keys() and path.suffix.lower() in (".obj", ".ply"):
        polygons = polygons_of(path, bodies)
        least, most = bounds_of_area(polygons)
        rest = theirs.area - sum(map(fan, polygons))
        slack = 1e-6 * theirs.area
        if polygons and rest + least - slack <= ours["area_mm2"] <= rest + most + slack:
            found.pop("area", None), found.pop("volume", None)
            why.append("fan")
        elif any(len(numpy.unique(points, axis=0)) < len(points) for points in polygons):
            found.pop("area", None), found.pop("volume", None)
            why.append("twice")
    if "watertight" in found:
        tight, reason = closed(corners, 8)
        if tight == ours["watertight"]:
            found.pop("watertight")
            why.append(reason)
    return found, why


def compare(program, path, quick):
    """The kind of outcome, and a line on it."""
    command = [program, "inspect", "--json", *(["--quick"] if quick else []), str(path)]
    run = subprocess.run(command, capture_output=True, text=True)
    line = run.stdout.strip().splitlines()
    ours = json.loads(line[0]) if line else {"refused": {"code": f"exit {run.returncode}"}}
    try:
        theirs, why = peer(path), "no mesh"
    except Exception as error:  # trimesh raises whatever its readers raise
        theirs, why = None, f"{type(error).__name__}: {error}"[:80]
    if refused := ours.get("refused"):
        kind = "refused by both" if theirs is None else "refused here"
        return kind, f"{refused['code']}: {refused.get('message', '')}"
    if theirs is None:
        return "refused there", why
    if not differences(ours, theirs[0]):
        return "agree", ""
    found, why = second_opinions(path, ours, *theirs)
    if found:
        return "differ", "; ".join(f"{name} {a} / {b}" for name, (a, b) in found.items())
    return "explained: " + ", ".join(why), ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--largest", type=float, default=60)
    parser.add_argument("program")
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    counts = collections.Counter()
    for path in files(options.paths, options.largest):
        kind, line = compare(options.program, path, options.quick)
        counts[kind] += 1
        if kind in ("differ", "refused here") or (options.verbose and kind != "agree"):
            print(f"{kind}: {path}: {line}", flush=True)
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "no files")
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
