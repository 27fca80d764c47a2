#!/usr/bin/env python3
"""Makes Sources/Matching/Map/Data/coast.bin of a TopoJSON file of countries (README.md beside this says which).

    python3 Fixtures/coast/prepare.py countries-50m.json Sources/Matching/Map/Data/coast.bin

Land is where a country is: arcs that only one country has are coast, arcs that two have are borders. Points are thinned
(D. H. Douglas, T. K. Peucker, "Algorithms for the reduction of the number of points required to represent a digitized
line or its caricature", The Canadian Cartographer 10, 1973), and written as steps of a hundredth of a degree.

The file: for each line a byte (0 a ring of land, 1 a border), the number of its points, and its points: longitude and
latitude of the first, then what is added to them. Numbers are LEB128, signed ones zigzag."""

import json
import math
import sys

TOLERANCE = 0.035  # degrees of a great circle, about 4 km
SMALLEST = 0.02  # square degrees; smaller islands are left out


def decode(topology):
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
        arcs.append(points)
    return arcs


def thinned(points, tolerance):
    """Keeps the ends, and what is further than the tolerance from the line between kept points."""
    if len(points) < 3:
        return points
    keep = [False] * len(points)
    keep[0] = keep[-1] = True
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        (x0, y0), (x1, y1) = points[first], points[last]
        stretch = math.cos(math.radians((y0 + y1) / 2))
        dx, dy = (x1 - x0) * stretch, y1 - y0
        length = math.hypot(dx, dy)
        most, at = 0, 0
        for index in range(first + 1, last):
            px, py = (points[index][0] - x0) * stretch, points[index][1] - y0
            distance = abs(px * dy - py * dx) / length if length > 1e-9 else math.hypot(px, py)
            if distance > most:
                most, at = distance, index
        if most > tolerance:
            keep[at] = True
            waiting += [(first, at), (at, last)]
    return [point for point, kept in zip(points, keep) if kept]


def area(ring):
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:]))) / 2


def number(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value):
    return number(value * 2 if value >= 0 else -value * 2 - 1)


def written(kind, points):
    steps = [(round(x * 100), round(y * 100)) for x, y in points]
    steps = [step for index, step in enumerate(steps) if index == 0 or step != steps[index - 1]]
    if len(steps) < (4 if kind == 0 else 2):
        return b""
    out = bytes([kind]) + number(len(steps))
    last = (0, 0)
    for x, y in steps:
        out += signed(x - last[0]) + signed(y - last[1])
        last = (x, y)
    return out


topology = json.load(open(sys.argv[1]))
arcs = [thinned(arc, TOLERANCE) for arc in decode(topology)]
uses = {}
for country in topology["objects"]["countries"]["geometries"]:
    polygons = [country["arcs"]] if country["type"] == "Polygon" else country.get("arcs", [])
    for index in {a if a >= 0 else ~a for polygon in polygons for ring in polygon for a in ring}:
        uses[index] = uses.get(index, 0) + 1

out = b""
lines = 0
for polygon in topology["objects"]["land"]["arcs"]:
    for ring in polygon:
        points = []
        for a in ring:
            arc = arcs[a] if a >= 0 else arcs[~a][::-1]
            points += arc[1:] if points else arc
        if area(points) >= SMALLEST:
            out += written(0, points)
            lines += 1
for index, count in uses.items():
    if count == 2:
        out += written(1, arcs[index])
        lines += 1
open(sys.argv[2], "wb").write(out)
print(f"{lines} lines, {len(out)} bytes")
