#!/usr/bin/env python3
"""Makes the OBJ and PLY meshes of this folder, each named by its fault, and expected_polygons.json.

What is expected of a file stands beside what makes it, and is written by hand, as in make.py. Standard
library only.
"""

import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
EXPECTED = {}
CORNERS = [tuple(20 * (n >> axis & 1) for axis in range(3)) for n in range(8)]
SIDES = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]


def refused(name, data, code):
    (HERE / name).write_bytes(data)
    EXPECTED[name] = {"refusal": code}


def read(name, data, format, triangles=12, volume=8000.0, vertices=8, bodies=(None,), closed=True):
    (HERE / name).write_bytes(data)
    EXPECTED[name] = {
        "format": format, "triangles": triangles, "volume_mm3": volume, "vertices": vertices,
        "bodies": list(bodies), "watertight": closed,
    }


def v(corners=CORNERS, more=""):
    return "".join("v %g %g %g%s\n" % (*c, more) for c in corners)


def f(sides=SIDES, corner="{}".format, first=1):
    return "".join("f " + " ".join(corner(n + first) for n in side) + "\n" for side in sides)


def prism(outline, height):
    """Walls of quads, and two lids of all corners: each lid is one polygon."""
    n = len(outline)
    corners = [(*p, z) for z in (0, height) for p in outline]
    lids = [tuple(reversed(range(n))), tuple(range(n, 2 * n))]
    return corners, lids + [(i, (i + 1) % n, n + (i + 1) % n, n + i) for i in range(n)]


ARROW = [(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)]
# A square with a square hole, joined to the outline by a bridge that is walked both ways.
FRAME = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (3, 3), (3, 7), (7, 7), (7, 3), (3, 3)]


def sound_obj():
    def ok(name, text, **more):
        read(name, text if isinstance(text, bytes) else text.encode(), "obj", **more)

    ok("cube_quads.obj", v() + f())
    ok("cube_byte_order_mark.obj", b"\xef\xbb\xbf" + (v() + f()).encode())
    ok("cube_cr_no_last_line_end.obj", (v() + f()).replace("\n", "\r").rstrip("\r"))
    ok("cube_crlf_tabs_comments.obj",
       "# a cube\r\n" + (v() + f(corner="\t{}".format) + "f 1 2 4 # the end\n")
       .replace("\n", "\r\n"), triangles=13, closed=False)
    ok("cube_triples.obj", v() + "vt 0 0\nvn 0 0 1\n" + f(corner=lambda n: f"{n}/1/1"))
    ok("cube_normals_only.obj", v() + "vn 0 0 1\n" + f(corner=lambda n: f"{n}//1"))
    ok("cube_textures_only.obj", v() + "vt 0 0\n" + f(corner=lambda n: f"{n}/1"))
    ok("cube_negative_indices.obj", v() + f(first=-8))
    ok("cube_faces_first.obj", "g cube\n" + f() + v())
    ok("cube_weights.obj", v(more=" 1.0") + f())
    ok("cube_colours.obj", v(more=" 1 0.5 nan") + f())
    ok("cube_continued_lines.obj",
       "# a comment ends in \\\n" + (v() + f()).replace(" 20", " \\\n20"))
    ok("cube_statements_read_past.obj",
       "mtllib ../../etc/passwd\n" + v() + "vt 0\nvn 0 0 1\nvp 0\ng a b\ns off\nusemtl /dev/zero\n"
       + f(SIDES[:3]) + "g c\nmg 0\nl 1 2 3\np 1\ncstype bezier\ndeg 3\ncurv 0 1 1 2 3 4\nend\n"
       + f(SIDES[3:]))
    ok("cube_unused_vertex.obj", v() + "v 1e30 0 0\n" + f())
    ok("cube_each_side_its_vertices.obj",
       "".join(v([CORNERS[n] for n in side]) + "f -4 -3 -2 -1\n" for side in SIDES))
    ok("cube_object_halfway.obj", v() + "o first\n" + f(SIDES[:3]) + "o second\n" + f(SIDES[3:]),
       bodies=["first"])
    ok("two_objects_touching.obj",
       "o left\n" + v() + f() + "o right\n" + v([(x + 20, y, z) for x, y, z in CORNERS])
       + f(first=9), bodies=["left", "right"], triangles=24, vertices=16, volume=16000.0)
    corners, sides = prism(ARROW, 4)
    ok("concave_prism.obj", v(corners) + f(sides), triangles=16, vertices=10, volume=240.0)
    corners, sides = prism([(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)], 4)
    ok("prism_corner_on_a_side.obj", v(corners) + f(sides), triangles=16, vertices=10,
       volume=400.0)
    corners, sides = prism(FRAME, 4)
    ok("prism_hole_by_bridge.obj", v(corners) + f(sides), triangles=36, vertices=16, volume=336.0,
       closed=False)


def broken_obj():
    def bad(name, text, code):
        refused(name, text if isinstance(text, bytes) else text.encode(), code)

    good = v() + f()
    bad("index_out_of_range.obj", good + "f 1 2 9\n", "mesh.index_out_of_range")
    bad("index_zero.obj", good + "f 0 1 2\n", "mesh.index_out_of_range")
    bad("index_negative_too_far.obj", good + "f -1 -2 -9\n", "mesh.index_out_of_range")
    bad("index_huge.obj", good + "f 1 2 99999999999999999999\n", "mesh.index_out_of_range")
    bad("index_fraction.obj", good + "f 1 2 3.5\n", "mesh.ascii_syntax")
    bad("face_two_corners.obj", good + "f 1 2\n", "mesh.ascii_syntax")
    bad("face_too_many_corners.obj", good + "f" + " 1" * 5000 + "\n", "mesh.too_large")
    bad("nan_vertex.obj", good + "v 1 nan 2\n", "mesh.not_finite")
    bad("infinite_vertex.obj", good + "v 1 2 -inf\n", "mesh.not_finite")
    bad("beyond_double.obj", good + "v 1 1e400 2\n", "mesh.not_finite")
    bad("two_coordinates.obj", good + "v 1 2\n", "mesh.ascii_syntax")
    bad("five_numbers.obj", good + "v 1 2 3 4 5\n", "mesh.ascii_syntax")
    bad("decimal_comma.obj", good + "v 1,5 2 3\n", "mesh.ascii_syntax")
    bad("unknown_statement.obj", good + "wibble 1 2 3\n", "mesh.ascii_syntax")
    bad("name_too_long.obj", "o " + "n" * 300 + "\n" + good, "mesh.name_too_long")
    bad("free_form_surface.obj", good + "cstype bezier\ndeg 1 1\nsurf 0 1 0 1 1 2 3 4\nend\n",
        "mesh.unsupported")
    bad("inserts_a_file.obj", "call other.obj\n" + good, "mesh.unsupported")
    bad("runs_a_command.obj", "csh rm -rf /\n" + good, "mesh.unsupported")
    bad("no_faces.obj", v() + "l 1 2 3\n", "mesh.empty")


def header(encoding="ascii", vertices=8, faces=6, vertex="float", lists="uchar int", more=""):
    coordinates = "".join(f"property {vertex} {axis}\n" for axis in "xyz")
    return (f"ply\nformat {encoding} 1.0\ncomment made for a test\n"
            f"element vertex {vertices}\n{coordinates}element face {faces}\n"
            f"property list {lists} vertex_indices\n{more}end_header\n")


def lines(rows):
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


BODY = lines(CORNERS) + lines((4, *side) for side in SIDES)


def packed(order, vertex="f", count="B", index="i"):
    data = b"".join(struct.pack(order + "3" + vertex, *c) for c in CORNERS)
    return data + b"".join(struct.pack(f"{order}{count}4{index}", 4, *side) for side in SIDES)


def sound_ply():
    def ok(name, text, format="ply-ascii", **more):
        read(name, text if isinstance(text, bytes) else text.encode(), format, **more)

    ok("cube_ascii.ply", header() + BODY)
    ok("cube_ascii_crlf.ply", (header() + BODY).replace("\n", "\r\n"))
    ok("cube_ascii_cr_no_last_line_end.ply", (header() + BODY).replace("\n", "\r").rstrip("\r"))
    little, big = "binary_little_endian", "binary_big_endian"
    ok("cube_binary_little_endian.ply", header(little).encode() + packed("<"), "ply-binary")
    ok("cube_binary_big_endian.ply", header(big).encode() + packed(">"), "ply-binary")
    ok("cube_binary_crlf_header.ply",
       header(little).replace("\n", "\r\n").encode() + packed("<"), "ply-binary")
    ok("cube_binary_cr_header.ply", header(little).replace("\n", "\r").encode() + packed("<"),
       "ply-binary")
    for type, code in [("char", "b"), ("uint8", "B"), ("short", "h"), ("uint16", "H"),
                       ("int", "i"), ("uint32", "I"), ("float64", "d")]:
        lists = f"{'int' if type == 'float64' else type} {'int' if type == 'float64' else type}"
        item = "i" if code == "d" else code
        ok(f"cube_of_{type}.ply", header(big, vertex=type, lists=lists).encode()
           + packed(">", code, item, item), "ply-binary")
    ok("cube_faces_before_vertices.ply",
       "ply\nformat ascii 1.0\nelement face 6\nproperty list uchar int vertex_index\n"
       "element vertex 8\nproperty float z\nproperty float y\nproperty float x\nend_header\n"
       + lines((4, *side) for side in SIDES) + lines(reversed(c) for c in CORNERS))
    # What is no geometry stands before, between and behind.
    declared = ("element camera 2\nproperty float view\nproperty list int double lens\n"
                "element vertex 8\nproperty float nx\nproperty list uchar short tags\n"
                "property float x\nproperty uchar red\nproperty float y\nproperty float z\n"
                "element nothing 99999999999\nelement face 6\nproperty list uchar float uv\n"
                "property list uchar int vertex_indices\nproperty int flags\n"
                "element edge 1\nproperty int a\nproperty int b\n")
    rows = [(1.5, 0), ("nan", 2, 1, 2)]
    rows += [("nan", n % 3, *[7] * (n % 3), c[0], 255, c[1], c[2]) for n, c in enumerate(CORNERS)]
    rows += [(2, 0.5, "inf", 4, *side, -1) for side in SIDES] + [(0, 1)]
    ok("cube_more_properties_ascii.ply",
       "ply\nformat ascii 1.0\nobj_info none\n" + declared + "end_header\n" + lines(rows))
    data = struct.pack("<fi", 1.5, 0) + struct.pack("<fi2d", 1, 2, 1, 2)
    for n, c in enumerate(CORNERS):
        data += struct.pack("<fB", 0, n % 3) + struct.pack("<h", 7) * (n % 3)
        data += struct.pack("<fBff", c[0], 255, c[1], c[2])
    for side in SIDES:
        data += struct.pack("<B2fB4ii", 2, 1, 2, 4, *side, -1)
    data += struct.pack("<2i", 0, 1)
    ok("cube_more_properties_binary.ply",
       f"ply\nformat {little} 1.0\n{declared}end_header\n".encode() + data, "ply-binary")
    # A strip for each side; some are one, by corners that repeat, and others follow after -1.
    strip = []
    for n, (a, b, c, d) in enumerate(SIDES):
        if strip:
            strip += [-1] if n > 3 else [strip[-1], a]
        strip += [a, b, d, c]
    strips = ("ply\nformat ascii 1.0\nelement vertex 8\nproperty float x\nproperty float y\n"
              "property float z\nelement tristrips 1\nproperty list int int vertex_indices\n"
              "end_header\n")
    ok("cube_strips.ply", strips + lines(CORNERS) + lines([(len(strip), *strip)]))


def broken_ply():
    def bad(name, text, code):
        refused(name, text if isinstance(text, bytes) else text.encode(), code)

    little = "binary_little_endian"
    good = header() + BODY
    whole = header(little).encode() + packed("<")

    def changed(name, old, new, code="mesh.bad_header"):
        assert old in good
        bad(name, good.replace(old, new, 1), code)

    changed("missing_z.ply", "property float z\n", "")
    changed("axis_twice.ply", "property float z\n", "property float z\nproperty float z\n")
    changed("element_twice.ply", "element face 6\n", "element vertex 8\nelement face 6\n")
    changed("format_missing.ply", "format ascii 1.0\n", "")
    changed("format_of_the_future.ply", "ascii 1.0", "ascii 2.0")
    changed("format_unknown.ply", "format ascii", "format binary_middle_endian")
    changed("type_unknown.ply", "property float y", "property quad y")
    changed("list_count_is_float.ply", "list uchar int", "list float int")
    changed("indices_are_floats.ply", "list uchar int", "list uchar float")
    changed("indices_missing.ply", "vertex_indices", "vertex_colours")
    changed("count_negative.ply", "element vertex 8", "element vertex -8")
    changed("count_beyond_integers.ply", "element vertex 8", "element vertex 99999999999999999999")
    changed("count_above_limit.ply", "element face 6", "element face 999999999", "mesh.too_large")
    changed("property_before_element.ply", "element vertex 8\n", "")
    changed("keyword_unknown.ply", "comment", "remark")
    changed("header_line_too_long.ply", "made for", "m" * 1100, "mesh.line_too_long")
    changed("header_many_lines.ply", "comment made for a test\n", "comment\n" * 1100)
    changed("header_many_elements.ply", "element face",
            "".join(f"element e{n} 0\n" for n in range(40)) + "element face")
    changed("header_many_properties.ply", "element face",
            "".join(f"property int p{n}\n" for n in range(300)) + "element face")
    bad("header_cut.ply", good[: good.index("end_header")], "mesh.truncated")
    bad("no_faces.ply", header(faces=0) + lines(CORNERS), "mesh.empty")
    bad("ascii_too_many_faces_counted.ply", header(faces=7) + BODY, "mesh.truncated")
    bad("ascii_too_few_faces_counted.ply", header(faces=5) + BODY, "mesh.trailing_data")
    bad("ascii_too_many_vertices_counted.ply", header(vertices=9) + BODY, "mesh.ascii_syntax")
    bad("ascii_list_too_short.ply", good.replace("4 0 2 3 1", "5 0 2 3 1"), "mesh.ascii_syntax")
    bad("ascii_list_too_long.ply", good.replace("4 0 2 3 1", "3 0 2 3 1"), "mesh.ascii_syntax")
    bad("ascii_list_huge.ply", good.replace("4 0 2 3 1", "4294967295 0"), "mesh.too_large")
    bad("ascii_list_negative.ply", good.replace("4 0 2 3 1", "-4 0"), "mesh.ascii_syntax")
    bad("ascii_face_two_corners.ply", good.replace("4 0 2 3 1", "2 0 2"), "mesh.count_mismatch")
    bad("ascii_index_out_of_range.ply", good.replace("4 0 2 3 1", "4 0 2 3 8"),
        "mesh.index_out_of_range")
    bad("ascii_index_negative.ply", good.replace("4 0 2 3 1", "4 0 2 3 -1"),
        "mesh.index_out_of_range")
    bad("ascii_nan_vertex.ply", good.replace("20 20 20", "20 nan 20"), "mesh.not_finite")
    bad("ascii_infinite_vertex.ply", good.replace("20 20 20", "20 1e999 20"), "mesh.not_finite")
    bad("binary_cut.ply", whole[:-1], "mesh.truncated")
    bad("binary_trailing_byte.ply", whole + b"\0", "mesh.trailing_data")
    bad("binary_list_huge.ply", header(little, lists="uint int").encode()
        + packed("<")[:96] + b"\xff\xff\xff\xff" + bytes(100), "mesh.too_large")
    bad("binary_list_negative.ply", header(little, lists="int int").encode()
        + packed("<")[:96] + b"\xff\xff\xff\xff" + bytes(100), "mesh.count_mismatch")
    bad("binary_index_out_of_range.ply", whole[:-1] + b"\x7f", "mesh.index_out_of_range")
    nan = struct.pack("<f", float("nan"))
    start = len(header(little))
    bad("binary_nan_vertex.ply", whole[:start] + nan + whole[start + 4:], "mesh.not_finite")


sound_obj()
broken_obj()
sound_ply()
broken_ply()
rows = [f'  "{name}": {json.dumps(value)}' for name, value in sorted(EXPECTED.items())]
(HERE / "expected_polygons.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")
