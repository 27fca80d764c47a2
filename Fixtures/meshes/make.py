#!/usr/bin/env python3
"""Makes the meshes of this folder, each named by its fault, and expected.json.

What is expected of a file stands beside what makes it, and is written by hand: a reader that
disagrees is wrong, or this script is. Standard library only.

Not of this script: cube_prusaslicer.3mf is cube_binary.stl as PrusaSlicer 2.5.0 exports it (--export-3mf).
"""

import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
EXPECTED = {}


def corner(n, edge, at):
    return tuple(at[axis] + edge * (n >> axis & 1) for axis in range(3))


def cube(edge=20.0, at=(0.0, 0.0, 0.0)):
    sides = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    facets = []
    for side in sides:
        p = [corner(n, edge, at) for n in side]
        facets += [(p[0], p[1], p[2]), (p[0], p[2], p[3])]
    return facets


def binary(facets, header=b"cube", count=None, normal=(0.0, 0.0, 0.0)):
    data = header.ljust(80, b"\0") + struct.pack("<I", len(facets) if count is None else count)
    for facet in facets:
        data += struct.pack("<12fH", *normal, *facet[0], *facet[1], *facet[2], 0)
    return data


def ascii_stl(facets, name="cube", normal="0 0 0", number="{:g}".format):
    lines = [f"solid {name}"]
    for facet in facets:
        lines += [f"  facet normal {normal}", "    outer loop"]
        lines += ["      vertex " + " ".join(map(number, vertex)) for vertex in facet]
        lines += ["    endloop", "  endfacet"]
    return "\n".join(lines + [f"endsolid {name}", ""]).encode()


def refused(name, data, code):
    (HERE / name).write_bytes(data)
    EXPECTED[name] = {"refusal": code}


def read(name, data, triangles=12, volume=8000.0, vertices=8, shells=1, problems=()):
    """A readable mesh; problems are {code: count}. Watertight unless an edge is at fault."""
    (HERE / name).write_bytes(data)
    problems = dict(problems)
    at_fault = {"mesh.open_edges", "mesh.flipped_edges", "mesh.non_manifold_edges"}
    EXPECTED[name] = {
        "format": "stl-ascii" if data.lstrip()[:5].lower() == b"solid" and b"\0" not in data
        else "stl-binary",
        "triangles": triangles,
        "volume_mm3": volume,
        "vertices": vertices,
        "shells": shells,
        "watertight": not at_fault & set(problems),
        "problems": problems,
    }


def turned(facet):
    return (facet[2], facet[1], facet[0])


def sound():
    read("cube_binary.stl", binary(cube()))
    read("cube_binary_header_begins_solid.stl", binary(cube(), header=b"solid cube of some CAD"))
    read("cube_binary_header_all_text.stl", binary(cube(), header=b"solid " + b"x" * 74))
    read("cube_binary_nan_normals.stl", binary(cube(), normal=(float("nan"),) * 3))
    read("cube_binary_attributes.stl", binary(cube())[:-2] + b"\xff\x7f")
    minus_zero = [
        tuple(tuple(-0.0 if c == 0 and n % 2 else c for c in v) for v in facet)
        for n, facet in enumerate(cube())
    ]
    read("cube_binary_minus_zero.stl", binary(minus_zero))
    read("cube_ten_metres_away.stl", binary(cube(at=(10000.0, -10000.0, 10000.0))))
    read("cube_ascii.stl", ascii_stl(cube()))
    read("cube_ascii_upper_case_crlf.stl", ascii_stl(cube()).upper().replace(b"\n", b"\r\n"))
    read("cube_ascii_cr_no_last_line_end.stl", ascii_stl(cube()).replace(b"\n", b"\r").strip())
    read("cube_ascii_nan_normals.stl", ascii_stl(cube(), normal="nan -nan(ind) 1.#QNAN"))
    read("cube_ascii_exponents.stl", ascii_stl(cube(), number="{:+.9E}".format))
    read("cube_ascii_nameless.stl", ascii_stl(cube(), name=""))
    read("cube_ascii_leading_blank_lines.stl", b"\n \t\n" + ascii_stl(cube()))
    read("cube_ascii_name_with_controls.stl", ascii_stl(cube(), name="\x1b[31m\x07\u202e"))
    read(
        "two_solids_ascii.stl",
        ascii_stl(cube()) + ascii_stl(cube(at=(40.0, 0.0, 0.0)), name="second"),
        triangles=24, volume=16000.0, vertices=16, shells=2,
    )
    read(
        "cube_with_cavity.stl",
        binary(cube() + [turned(f) for f in cube(10.0, (5.0, 5.0, 5.0))]),
        triangles=24, volume=7000.0, vertices=16, shells=2,
    )


def doubtful():
    whole = cube()
    read("cube_inverted_normals.stl", binary([turned(f) for f in whole]),
         problems={"mesh.inverted": 12})
    # The facet at the local origin spans no volume: the sum stays 8000 though the mesh is open.
    read("cube_open.stl", binary(whole[1:]), triangles=11, volume=None,
         problems={"mesh.open_edges": 3})
    read("cube_flipped_facet.stl", binary(whole[:-1] + [turned(whole[-1])]), volume=None,
         problems={"mesh.flipped_edges": 3})
    read("cube_duplicate_facet.stl", binary(whole + [whole[4]]), triangles=13, volume=None,
         problems={"mesh.non_manifold_edges": 3, "mesh.duplicate_facets": 1})
    a, b, _ = whole[0]
    read("cube_degenerate_facet.stl", binary(whole + [(a, a, b)]), triangles=13,
         problems={"mesh.degenerate_facets": 1})
    read("two_cubes_sharing_an_edge.stl", binary(whole + cube(at=(20.0, 20.0, 0.0))),
         triangles=24, volume=16000.0, vertices=14, problems={"mesh.non_manifold_edges": 1})
    read("two_facets_back_to_back.stl", binary([whole[0], turned(whole[0])]), triangles=2,
         volume=0.0, vertices=3, problems={"mesh.no_volume": 2, "mesh.duplicate_facets": 1})
    near = [list(map(list, f)) for f in whole]
    near[0][1][1] = struct.unpack("<f", struct.pack("<I", 0x41A00001))[0]
    read("cube_vertex_one_bit_off.stl", binary(near), volume=None, vertices=9,
         problems={"mesh.open_edges": 4})


def broken_binary():
    good = binary(cube())
    refused("empty.stl", b"", "mesh.empty")
    refused("binary_no_facets.stl", good[:80] + bytes(4), "mesh.empty")
    refused("binary_header_cut.stl", good[:83], "mesh.unrecognised")
    refused("binary_cut_in_facet.stl", good[:-1], "mesh.truncated")
    refused("binary_cut_after_header.stl", good[:84], "mesh.count_mismatch")
    refused("binary_count_one_too_many.stl", binary(cube(), count=13), "mesh.count_mismatch")
    refused("binary_count_one_too_few.stl", binary(cube(), count=11), "mesh.trailing_data")
    refused("binary_trailing_byte.stl", good + b"\0", "mesh.trailing_data")
    refused("binary_count_hundred_million.stl", binary(cube(), count=10**8), "mesh.too_large")
    refused("binary_count_four_thousand_million.stl", binary(cube(), count=2**32 - 1),
            "mesh.unrecognised")
    for name, value in [("nan", float("nan")), ("infinite", float("-inf"))]:
        facets = cube()
        a, b, c = facets[7]
        facets[7] = (a, (0.0, value, 0.0), c) if name == "nan" else (a, b, (0.0, 0.0, value))
        refused(f"binary_{name}_vertex.stl", binary(facets), "mesh.not_finite")
    refused("zip_archive.stl", b"PK\x03\x04" + bytes(200), "mesh.zip.structure")
    refused("text.stl", b"Not a mesh at all, but a letter to whom it may concern.\n" * 4,
            "mesh.unrecognised")
    refused("gltf.stl", b"glTF" + bytes(200), "mesh.unrecognised")


def broken_ascii():
    good = ascii_stl(cube())
    refused("ascii_cut.stl", good[: len(good) // 2], "mesh.truncated")
    refused("ascii_no_endsolid.stl", good.replace(b"endsolid cube\n", b""), "mesh.truncated")
    refused("ascii_no_facets.stl", b"solid nothing\nendsolid nothing\n", "mesh.empty")
    refused("ascii_text_after_end.stl", good + b"and more\n", "mesh.trailing_data")
    refused("ascii_nul_after_end.stl", good + b"\0", "mesh.trailing_data")

    def changed(name, old, new, code="mesh.ascii_syntax"):
        assert old in good
        refused(name, good.replace(old, new, 1), code)

    changed("ascii_two_vertices.stl", b"      vertex 20 20 0\n", b"")
    changed("ascii_four_vertices.stl", b"    endloop", b"      vertex 1 2 3\n    endloop")
    changed("ascii_two_coordinates.stl", b"vertex 20 20 0", b"vertex 20 20")
    changed("ascii_four_coordinates.stl", b"vertex 20 20 0", b"vertex 20 20 0 1")
    changed("ascii_decimal_comma.stl", b"vertex 20 20 0", b"vertex 20,0 20 0")
    changed("ascii_hexadecimal.stl", b"vertex 20 20 0", b"vertex 0x14 20 0")
    changed("ascii_no_digits.stl", b"vertex 20 20 0", b"vertex +.e5 20 0")
    changed("ascii_escape_in_keyword.stl", b"outer loop", b"out\x1b[2J\x07er loop")
    changed("ascii_nan_vertex.stl", b"vertex 20 20 0", b"vertex 20 -NaN(0x123) 0",
            "mesh.not_finite")
    changed("ascii_infinite_vertex.stl", b"vertex 20 20 0", b"vertex 20 1.#INF 0",
            "mesh.not_finite")
    changed("ascii_beyond_single_precision.stl", b"vertex 20 20 0", b"vertex 20 3.5e38 0",
            "mesh.not_finite")
    changed("ascii_long_line.stl", b"outer loop", b"outer " + b" " * 1100 + b"loop",
            "mesh.line_too_long")
    changed("ascii_long_name.stl", b"solid cube", b"solid " + b"n" * 300, "mesh.name_too_long")


sound()
doubtful()
broken_binary()
broken_ascii()
lines = [f'  "{name}": {json.dumps(value)}' for name, value in sorted(EXPECTED.items())]
(HERE / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
