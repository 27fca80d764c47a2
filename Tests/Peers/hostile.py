#!/usr/bin/env python3
"""Writes files made to hurt whoever reads them, about ten megabytes each, into the folder named.

    Tests/Peers/hostile.py FOLDER [--run PROGRAM...]

With --run it then runs the program on each, and prints what became of it: the first line of what the
program says, seconds, and the peak of its memory beside the file's size. Needs only the standard library.
"""

import io
import os
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

SIZE = 10_000_000
CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
MODEL = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
    '<Default Extension="png" ContentType="image/png"/></Types>')
RELS = (f'<?xml version="1.0"?><Relationships xmlns="{RELATIONSHIPS}">'
        f'<Relationship Id="r" Target="/3D/3dmodel.model" Type="{MODEL}"/></Relationships>')
MESH = ('<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/>'
        '<vertex x="0" y="0" z="1"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/>'
        '<triangle v1="0" v2="1" v3="3"/><triangle v1="0" v2="3" v3="2"/><triangle v1="1" v2="2" v3="3"/>'
        '</triangles></mesh>')
OBJECT = f'<object id="1">{MESH}</object>'


def model(resources=OBJECT, build='<item objectid="1"/>', before="", attributes="", declaration=""):
    return (f'<?xml version="1.0"?>{declaration}<model xmlns="{CORE}"{attributes}>{before}'
            f"<resources>{resources}</resources><build>{build}</build></model>").encode()


def package(content=None, parts=(), method=zipfile.ZIP_STORED, types=TYPES, rels=RELS):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in [("[Content_Types].xml", types), ("_rels/.rels", rels),
                           ("3D/3dmodel.model", content or model()), *parts]:
            entry = zipfile.ZipInfo(name.replace("\0", "\1"), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = method
            archive.writestr(entry, data)
    return out.getvalue()


def noise(size=SIZE):
    """Bytes that do not compress, the same each time."""
    state, out = 1, bytearray()
    while len(out) < 1 << 16:
        state = (state * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        out += struct.pack("<Q", state)
    return (bytes(out) * (size // len(out) + 1))[:size]


def filled(name="3D/filling.png"):
    return [(name, noise())]


def stl(count=None, facets=SIZE // 50, facet=None, tail=b"", header=b""):
    body = struct.pack("<I", facets if count is None else count)
    one = facet or struct.pack("<12fH", 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0)
    return header.ljust(80, b"\0") + body + one * facets + tail


NAN = struct.pack("<12fH", 0, 0, 0, float("nan"), 0, 0, 1, 0, 0, 0, 1, 0, 0)
INFINITE = struct.pack("<12fH", 0, 0, 0, float("inf"), 0, 0, 1, 0, 0, 0, 1, 0, 0)
GOOD = struct.pack("<12fH", 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0)
TEXT = b"facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"


def stl_cases():
    n = SIZE // 50
    yield "stl_nan_last.stl", stl(n, n - 1) + NAN
    yield "stl_infinite_last.stl", stl(n, n - 1) + INFINITE
    yield "stl_count_lies_low.stl", stl(n - 1)
    yield "stl_count_lies_high.stl", stl(n + 1)
    yield "stl_count_4_000_000_000.stl", stl(0xffffffff)
    yield "stl_cut_in_facet.stl", stl()[:-7]
    yield "stl_trailing.stl", stl(tail=b"x")
    yield "stl_name_unbounded.stl", b"solid " + b"a" * SIZE
    yield "stl_text_cut.stl", b"solid a\n" + TEXT * (SIZE // len(TEXT))
    yield "stl_text_nan_last.stl", b"solid a\n" + TEXT * (SIZE // len(TEXT)) + TEXT.replace(b"1 0 0", b"nan 0 0") + b"endsolid a\n"
    yield "stl_text_trailing.stl", b"solid a\n" + TEXT * (SIZE // len(TEXT)) + b"endsolid a\nwhat is this\n"
    yield "stl_text_digits.stl", b"solid a\nfacet normal 0 0 1\nouter loop\nvertex " + b"1" * SIZE + b" 0 0\n"
    yield "stl_text_blank_lines.stl", b"solid a\n" + b"\n" * SIZE
    yield "empty.stl", b""
    yield "noise.stl", noise()


def obj_cases():
    v = b"v 0 0 0\nv 1 0 0\nv 0 1 0\n"
    n = SIZE // 8
    yield "obj_index_beyond.obj", v + b"f 1 2 3\n" * n + b"f 1 2 4\n"
    yield "obj_index_zero.obj", v * (n // 3) + b"f 0 1 2\n"
    yield "obj_index_negative_beyond.obj", v * (n // 3) + b"f -1 -2 -99999999\n"
    yield "obj_polygon_unbounded.obj", v + b"f" + b" 1 2 3" * (SIZE // 6) + b"\n"
    yield "obj_facets_on_facets.obj", v + b"f 1 2 3\n" * n
    yield "obj_objects_unbounded.obj", v + b"o a\nf 1 2 3\n" * (SIZE // 12)
    yield "obj_nan_last.obj", v * (n // 3) + b"v nan 0 0\nf 1 2 3\n"
    yield "obj_beyond_single.obj", v * (n // 3) + b"v 1e39 0 0\nf 1 2 3\n"
    yield "obj_no_facets.obj", v * (n // 3)
    yield "obj_line_unbounded.obj", v + b"#" * SIZE
    yield "obj_continued_unbounded.obj", v + b"f 1 \\\n" + b"2 \\\n" * (SIZE // 4)
    yield "obj_name_unbounded.obj", v + b"o " + b"a" * SIZE
    yield "obj_spiral.obj", spiral()


def spiral(corners=4000):
    """Polygons that a naive triangulation takes the cube of their corners for."""
    import math
    out, number = [], 0
    while sum(map(len, out)) < SIZE:
        half = corners // 2
        for i in range(corners):
            k = i if i < half else corners - 1 - i
            r = 1 + k * 0.01 + (0.004 if i >= half else 0)
            out.append("v %.5f %.5f 0\n" % (r * math.cos(k * 0.2), r * math.sin(k * 0.2)))
        out.append("f " + " ".join(str(number + i + 1) for i in range(corners)) + "\n")
        number += corners
    return "".join(out).encode()


def ply(head, body):
    return b"ply\nformat " + head + b"end_header\n" + body


def ply_cases():
    axes = b"property float x\nproperty float y\nproperty float z\n"
    small = b"property char x\nproperty char y\nproperty char z\n"
    faces = b"element face %d\nproperty list uchar int vertex_indices\n"
    little = b"binary_little_endian 1.0\n"
    face = struct.pack("<Biii", 3, 0, 1, 2)
    n = SIZE // 13
    yield "ply_count_vertices.ply", ply(little + b"element vertex 4000000000\n" + axes + faces % 1, noise())
    yield "ply_count_faces.ply", ply(little + b"element vertex 3\n" + axes + faces % (n + 1), bytes(36) + face * n)
    yield "ply_facets_on_facets.ply", ply(little + b"element vertex 3\n" + axes + faces % n, bytes(36) + face * n)
    yield "ply_index_beyond.ply", ply(
        little + b"element vertex 3\n" + axes + faces % n, bytes(36) + face * (n - 1) + struct.pack("<Biii", 3, 0, 1, 3))
    yield "ply_vertices_unused.ply", ply(little + b"element vertex %d\n" % (SIZE // 12) + axes + faces % 1,
                                         bytes(SIZE // 12 * 12) + face)
    yield "ply_vertices_of_bytes.ply", ply(little + b"element vertex %d\n" % (SIZE // 3) + small + faces % 1,
                                           bytes(SIZE // 3 * 3) + face)
    apart = SIZE // 22
    numbers = range(0, 3 * apart, 3)
    yield "ply_facets_apart_of_bytes.ply", ply(
        little + b"element vertex %d\n" % (3 * apart) + small + faces % apart,
        (bytes([0, 0, 0, 1, 0, 0, 0, 1, 0]) * apart)
        + b"".join(struct.pack("<Biii", 3, v, v + 1, v + 2) for v in numbers))
    yield "ply_trailing.ply", ply(little + b"element vertex 3\n" + axes + faces % 1, bytes(36) + face + noise())
    yield "ply_list_unbounded.ply", ply(
        little + b"element vertex 3\n" + axes + b"element face 1\nproperty list uint int vertex_indices\n",
        bytes(36) + struct.pack("<I", SIZE // 4) + bytes(SIZE))
    yield "ply_nan_last.ply", ply(
        little + b"element vertex %d\n" % (SIZE // 12) + axes + faces % 1,
        bytes((SIZE // 12 - 1) * 12) + struct.pack("<3f", 0, float("nan"), 0) + face)
    yield "ply_header_unbounded.ply", b"ply\nformat ascii 1.0\n" + b"comment a\n" * (SIZE // 10)
    yield "ply_strip.ply", ply(
        little + b"element vertex 3\n" + axes + b"element tristrips 1\nproperty list uint uchar vertex_indices\n",
        bytes(36) + struct.pack("<I", SIZE) + bytes([0, 1, 2]) * (SIZE // 3) + bytes(SIZE % 3))


def patched(archive, signature, offset, value):
    """The archive with a field of its last header of a kind changed."""
    at = archive.rindex(signature)
    return archive[:at + offset] + value + archive[at + offset + len(value):]


def zip_cases():
    whole = package(parts=filled())
    central, local = b"PK\x01\x02", b"PK\x03\x04"
    yield "zip_names_twice.3mf", package(parts=filled("3D/a.png") + [("3D/a.png", b"x")])
    yield "zip_names_case.3mf", package(parts=filled("3D/a.png") + [("3D/A.PNG", b"x")])
    yield "zip_climbs.3mf", package(parts=filled("../a.png"))
    yield "zip_absolute.3mf", package(parts=filled("/3D/a.png"))
    yield "zip_backslash.3mf", package(parts=filled("3D\\a.png"))
    yield "zip_nul.3mf", package(parts=filled("3D/a\0.png")).replace(b"3D/a\1", b"3D/a\0")
    yield "zip_overlap.3mf", patched(whole, central, 42, bytes(4))
    yield "zip_size_forged.3mf", patched(whole, central, 24, struct.pack("<I", 5))
    yield "zip_size_4_GB.3mf", patched(whole, central, 20, struct.pack("<II", 0xfffffffe, 0xfffffffe))
    yield "zip_checksum.3mf", patched(package(model(before="<!-- " + "a" * SIZE + " -->")), central, 16, bytes(4))
    yield "zip_trailing.3mf", whole + b"x"
    yield "zip_before.3mf", b"MZ" + whole
    yield "zip_cut.3mf", whole[:-30]
    yield "zip_bomb.3mf", package(b'<?xml version="1.0"?>' + b" " * (SIZE * 200), method=zipfile.ZIP_DEFLATED)
    yield "zip_bomb_of_parts.3mf", package(
        model(), [(f"3D/{n}.model", b" " * (1 << 20)) for n in range(2000)], zipfile.ZIP_DEFLATED)
    yield "zip_entries.3mf", package(parts=[(f"3D/{n}.png", b"") for n in range(60_000)])
    yield "zip_quine_directory.3mf", patched(whole, b"PK\x05\x06", 8, b"\xff\xff\xff\xff")
    yield "zip_no_types.3mf", package(parts=filled(), types="<Types/>")
    yield "zip_external.3mf", package(parts=filled(), rels=RELS.replace('Id="r"', 'Id="r" TargetMode="External"'))


def xml_cases():
    pad = "<!-- " + "a" * (SIZE - 100) + " -->"
    yield "xml_doctype.3mf", package(model(before=pad, declaration="<!DOCTYPE model>"))
    entities = "<!DOCTYPE m [<!ENTITY a0 \"aaaaaaaaaa\">" + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
    yield "xml_entities.3mf", package(model(before=pad + "&a9;", declaration=entities))
    yield "xml_entity_undeclared.3mf", package(model(before=pad, build="&a;"))
    yield "xml_deep.3mf", package(model(before="<x:a>" * (SIZE // 5), attributes=' xmlns:x="urn:x"'))
    yield "xml_attributes.3mf", package(model(before="<x:a " + " ".join(f'a{n}="1"' for n in range(SIZE // 12)) + "/>",
                                              attributes=' xmlns:x="urn:x"'))
    yield "xml_namespaces.3mf", package(model(before="".join(
        f'<x:a xmlns:y{n}="urn:{n}"/>' for n in range(SIZE // 30)) + "<y:a/>", attributes=' xmlns:x="urn:x"'))
    yield "xml_token.3mf", package(model(before="<" + "a" * SIZE + "/>"))
    yield "xml_text.3mf", package(model(build="a" * SIZE))
    yield "xml_cut.3mf", package(model(before=pad)[:-9])
    yield "xml_invalid_utf8.3mf", package(model(before=pad) .replace(b"aaa -->", b"\xff\xfea -->"))


def model_cases():
    doubling = OBJECT + "".join(
        f'<object id="{n}"><components>{f"<component objectid=%s/>" % chr(34).join(["", str(n - 1), ""]) * 2}'
        f"</components></object>" for n in range(2, 60))
    pad = "<!-- " + "a" * (SIZE - 10_000) + " -->"
    yield "model_components_double.3mf", package(model(doubling, '<item objectid="59"/>', pad))
    yield "model_components_recur.3mf", package(model(
        '<object id="1"><components><component objectid="1"/></components></object>', before=pad))
    chain = OBJECT + "".join(
        f'<object id="{n}"><components><component objectid="{n - 1}"/></components></object>' for n in range(2, SIZE // 80))
    yield "model_components_chain.3mf", package(model(chain, f'<item objectid="{SIZE // 80 - 1}"/>'))
    vertices = '<vertex x="0" y="0" z="0"/>'
    yield "model_index_beyond.3mf", package(model(OBJECT.replace(
        "</triangles>", '<triangle v1="0" v2="1" v3="2"/>' * (SIZE // 33) + '<triangle v1="0" v2="1" v3="4"/></triangles>')))
    yield "model_nan.3mf", package(model(OBJECT.replace(
        "</vertices>", vertices * (SIZE // 27) + '<vertex x="NaN" y="0" z="0"/></vertices>')))
    yield "model_infinite.3mf", package(model(OBJECT.replace(
        "</vertices>", vertices * (SIZE // 27) + '<vertex x="1e999" y="0" z="0"/></vertices>')))
    for name, vertex in (("", vertices), ("_oddly_spelled", "<vertex z='0' y='0' x='0'/>")):
        yield f"model_vertices_unused{name}.3mf", package(
            model(OBJECT.replace("</vertices>", vertex * (SIZE // 27) + "</vertices>")))
    yield "model_items.3mf", package(model(build='<item objectid="1"/>' * (SIZE // 20)))
    yield "model_ids_twice.3mf", package(model(OBJECT * (SIZE // len(OBJECT))))
    yield "model_requires_unknown.3mf", package(model(before=pad, attributes=' xmlns:x="urn:x" requiredextensions="x"'))
    sheet = "".join(f'<object id="{n}">{MESH}</object>' for n in range(1, SIZE // (len(MESH) + 30)))
    yield "model_objects.3mf", package(model(sheet, '<item objectid="9999999"/>'))


def run(folder, program):
    print(f"{'case':34} {'seconds':>8} {'file MB':>8} {'peak MB':>8} {'times':>6}  said")
    for path in sorted(folder.iterdir()):
        start = time.monotonic()
        process = subprocess.Popen([*program, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        seconds, peak, size = time.monotonic() - start, usage.ru_maxrss / 1e3 * 1.024, path.stat().st_size / 1e6
        print(f"{path.name:34} {seconds:8.2f} {size:8.1f} {peak:8.0f} {peak / max(size, 0.01):6.1f}  {said.split(chr(10))[0][:90]}")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for cases in (stl_cases, obj_cases, ply_cases, zip_cases, xml_cases, model_cases):
        for name, content in cases():
            (folder / name).write_bytes(content)
    if "--run" in sys.argv:
        run(folder, sys.argv[sys.argv.index("--run") + 1:])


if __name__ == "__main__":
    main()
