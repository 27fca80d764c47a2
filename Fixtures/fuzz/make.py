#!/usr/bin/env python3
"""Writes the corpus that the fuzz targets start from: small files, each for a path of its own.

A folder for each target of `Tests/Fuzz/Targets/FuzzTarget.swift`. What broke something once is in
`found_*` beside them and is not made here; nor are the dictionaries, which are lists of words.
Needs only the standard library, and writes the same bytes each time.
"""

import io
import json
import math
import struct
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent
written = []


def put(target, name, content):
    path = ROOT / target / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    written.append(path)


# Meshes: vertices and polygons.

def box(x=0.0, y=0.0, z=0.0, size=(10.0, 10.0, 10.0)):
    a, b, c = size
    vertices = [(x + i * a, y + j * b, z + k * c) for k in (0, 1) for j in (0, 1) for i in (0, 1)]
    quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    return vertices, quads


def triangles(mesh):
    vertices, faces = mesh
    return vertices, [(f[0], f[i], f[i + 1]) for f in faces for i in range(1, len(f) - 1)]


def turned(mesh):
    return mesh[0], [tuple(reversed(face)) for face in mesh[1]]


def joined(*meshes):
    vertices, faces = [], []
    for mesh in meshes:
        faces += [tuple(i + len(vertices) for i in face) for face in mesh[1]]
        vertices += mesh[0]
    return vertices, faces


def moved(mesh, function):
    return [function(*vertex) for vertex in mesh[0]], mesh[1]


def ring(sides=6, tube=4, large=10.0, small=3.0):
    vertices = []
    for i in range(sides):
        for j in range(tube):
            u, v = 2 * math.pi * i / sides, 2 * math.pi * j / tube
            r = large + small * math.cos(v)
            vertices.append((round(r * math.cos(u), 3), round(r * math.sin(u), 3), round(small * math.sin(v), 3)))
    at = lambda i, j: (i % sides) * tube + j % tube
    return vertices, [
        (at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)) for i in range(sides) for j in range(tube)]


def stl(mesh, header=b"binary", attribute=0):
    vertices, faces = triangles(mesh)
    out = header.ljust(80, b"\0") + struct.pack("<I", len(faces))
    for face in faces:
        out += struct.pack("<12fH", 0, 0, 0, *(x for i in face for x in vertices[i]), attribute)
    return out


def text_stl(mesh, name="part", end="\n"):
    vertices, faces = triangles(mesh)
    lines = [f"solid {name}"]
    for face in faces:
        lines += ["facet normal 0 0 1", "outer loop"]
        lines += ["vertex %g %g %g" % vertices[i] for i in face] + ["endloop", "endfacet"]
    return end.join(lines + [f"endsolid {name}", ""])


def obj(mesh, prefix="", corner="{}", first=1):
    return prefix + "".join("v %g %g %g\n" % v for v in mesh[0]) + "".join(
        "f " + " ".join(corner.format(i + first) for i in face) + "\n" for face in mesh[1])


def ply(mesh, form="ascii", coordinate="float", count="uchar", index="int", extra=False):
    codes = {"float": "f", "double": "d", "char": "b", "short": "h", "int": "i", "uint": "I", "uchar": "B",
             "ushort": "H"}
    head = f"ply\nformat {form} 1.0\ncomment made for tests\nelement vertex {len(mesh[0])}\n"
    head += "".join(f"property {coordinate} {axis}\n" for axis in "xyz")
    if extra:
        head += "property uchar red\nproperty list uchar float weights\n"
    head += f"element face {len(mesh[1])}\nproperty list {count} {index} vertex_indices\nend_header\n"
    if form == "ascii":
        body = "".join("%g %g %g%s\n" % (*v, " 7 2 0.5 0.25" if extra else "") for v in mesh[0])
        return head + body + "".join(f"{len(f)} " + " ".join(map(str, f)) + "\n" for f in mesh[1])
    order = "<" if "little" in form else ">"
    body = b""
    for vertex in mesh[0]:
        whole = coordinate not in ("float", "double")
        body += struct.pack(order + 3 * codes[coordinate], *(int(x) if whole else x for x in vertex))
        if extra:
            body += struct.pack(order + "BBff", 7, 2, 0.5, 0.25)
    for face in mesh[1]:
        body += struct.pack(order + codes[count] + len(face) * codes[index], len(face), *face)
    return head.encode() + body


# 3MF.

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
MATERIALS = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
SLICES = "http://schemas.microsoft.com/3dmanufacturing/slice/2015/07"
BEAMS = "http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02"
SETS = "http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07"
TETRAHEDRON = ([(0, 0, 0), (10, 0, 0), (0, 10, 0), (0, 0, 10)], [(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)])


def mesh_xml(mesh, triangle="", end=""):
    vertices, faces = triangles(mesh)
    return "<mesh><vertices>" + "".join('<vertex x="%g" y="%g" z="%g"/>' % v for v in vertices) \
        + "</vertices><triangles>" + "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"{triangle}/>' for a, b, c in faces) \
        + f"</triangles>{end}</mesh>"


def object_xml(number, content=None, attributes=""):
    return f'<object id="{number}"{attributes}>{content or mesh_xml(TETRAHEDRON)}</object>'


def model(resources=None, build='<item objectid="1"/>', attributes="", before="", unit="millimeter"):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<model unit="{unit}" xmlns="{CORE}"{attributes}>{before}' \
        f"<resources>{resources or object_xml(1)}</resources><build>{build}</build></model>"


def relationships(*targets):
    return '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' \
        + "".join(f'<Relationship Id="r{i}" Target="{t}" Type="{k}"/>' for i, (t, k) in enumerate(targets)) + "</Relationships>"


MODEL = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' \
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' \
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>' \
    '<Default Extension="png" ContentType="image/png"/></Types>'


class Unseekable(io.BytesIO):
    """Makes zipfile write data descriptors."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    def tell(self):
        raise io.UnsupportedOperation


def package(root=None, parts=(), rels=None, types=TYPES, method=zipfile.ZIP_DEFLATED, streamed=False, zip64=False):
    out = Unseekable() if streamed else io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in [
            ("[Content_Types].xml", types),
            ("_rels/.rels", rels or relationships(("/3D/3dmodel.model", MODEL))),
            ("3D/3dmodel.model", root or model()), *parts]:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = method
            with archive.open(entry, "w", force_zip64=zip64) as file:
                file.write(content.encode() if isinstance(content, str) else content)
    return out.getvalue()


def make_models():
    put("model", "core", model())
    put("model", "units_inch", model(unit="inch"))
    put("model", "components", model(
        object_xml(1) + object_xml(2, '<components><component objectid="1" transform="1 0 0 0 1 0 0 0 1 20 0 0"/>'
                                      '<component objectid="1" transform="0 1 0 -1 0 0 0 0 1 0 0 0"/></components>'),
        '<item objectid="2" transform="2 0 0 0 2 0 0 0 2 1 2 3" partnumber="A-1"/><item objectid="1"/>'))
    put("model", "components_doubling", model(
        object_xml(1) + "".join(
            object_xml(n, f'<components><component objectid="{n - 1}"/><component objectid="{n - 1}"/></components>')
            for n in range(2, 30)), '<item objectid="29"/>'))
    put("model", "mirrored", model(build='<item objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>'))
    put("model", "materials", model(
        '<basematerials id="5"><base name="PA12" displaycolor="#336699FF"/></basematerials>'
        '<m:colorgroup id="6"><m:color color="#fff000"/><m:color color="#00112233"/></m:colorgroup>'
        '<m:texture2d id="7" path="/3D/Textures/a.png" contenttype="image/png"/>'
        '<m:texture2dgroup id="8" texid="7"><m:tex2coord u="0" v="1"/></m:texture2dgroup>'
        '<m:compositematerials id="9" matid="5" matindices="0"><m:composite values="1"/></m:compositematerials>'
        '<m:multiproperties id="10" pids="5 6"><m:multi pindices="0 1"/></m:multiproperties>'
        + object_xml(1, mesh_xml(TETRAHEDRON, ' pid="6" p1="0" p2="1" p3="1"'), ' pid="5" pindex="0"'),
        attributes=f' xmlns:m="{MATERIALS}" requiredextensions="m"'))
    put("model", "metadata", model(
        before='<metadata name="Title" preserve="1" type="xs:string">A &amp; B &#x41;&lt;</metadata>'
               '<metadata xmlns:v="http://example.com/v" name="v:Note">x</metadata>',
        build='<item objectid="1"><metadatagroup><metadata name="Designer">n</metadata></metadatagroup></item>'))
    put("model", "production", model(
        object_xml(1, attributes=' p:UUID="b1f0a6a0-0000-4000-8000-000000000001"'),
        '<item objectid="1" p:UUID="b1f0a6a0-0000-4000-8000-000000000003"/>',
        f' xmlns:p="{PRODUCTION}" requiredextensions="p"'))
    put("model", "types", model(
        object_xml(1) + object_xml(2, attributes=' type="support"') + object_xml(3, attributes=' type="surface" name="s"')
        + object_xml(4, attributes=' type="solidsupport"') + object_xml(5, attributes=' type="other"'),
        "".join(f'<item objectid="{n}"/>' for n in (1, 2, 3, 4))))
    put("model", "beams", model(
        object_xml(1, mesh_xml(TETRAHEDRON, end='<b:beamlattice minlength="1" radius="1"><b:beams><b:beam v1="0" v2="1"/>'
                                                '</b:beams></b:beamlattice>')), attributes=f' xmlns:b="{BEAMS}"'))
    put("model", "sets", model(
        object_xml(1, mesh_xml(TETRAHEDRON, end='<t:trianglesets><t:triangleset name="a" identifier="b"><t:ref index="1"/>'
                                                '</t:triangleset></t:trianglesets>')), attributes=f' xmlns:t="{SETS}"'))
    put("model", "slices", model(
        '<s:slicestack id="3" zbottom="0"><s:slice ztop="1"><s:vertices><s:vertex x="0" y="0"/><s:vertex x="1" y="0"/>'
        '</s:vertices><s:polygon startv="0"><s:segment v2="1"/></s:polygon></s:slice></s:slicestack>'
        + object_xml(1, attributes=' s:slicestackid="3" s:meshresolution="fullres"'), attributes=f' xmlns:s="{SLICES}"'))
    put("model", "unknown_extension", model(
        before="<x:a><x:b c='1'>t</x:b></x:a>", attributes=' xmlns:x="http://example.com/x" recommendedextensions="x"'))
    put("model", "unknown_required", model(attributes=' xmlns:x="http://example.com/x" requiredextensions="x"'))
    put("model", "lines", model().replace("><", ">\n\t<").replace('"', "'"))
    put("model", "comments", model().replace("<build>", "<!-- a - b --><?pi data?><build>").replace(
        "<vertices>", "<vertices><![CDATA[ ]]>"))
    put("model", "prefixed", model().replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?").replace(
        "xmlns=", "xmlns:c="))
    put("model", "byte_order_mark", "\ufeff" + model())
    put("model", "utf16_little", b"\xff\xfe" + model().replace("UTF-8", "UTF-16").encode("utf-16-le"))
    put("model", "utf16_big", b"\xfe\xff" + model().replace("UTF-8", "UTF-16").encode("utf-16-be"))
    put("model", "document_type", model().replace("\n", '<!DOCTYPE model [<!ENTITY a "aa">]>', 1).replace("<build>", "&a;<build>"))
    put("model", "recursion", model(object_xml(1, '<components><component objectid="1"/></components>')))
    put("model", "deep", model(before="<x:a>" * 70 + "</x:a>" * 70, attributes=' xmlns:x="http://example.com/x"'))
    put("model", "numbers", model(object_xml(1, mesh_xml(TETRAHEDRON).replace('"10"', '"+1.0E+1"').replace('"0"', '"-0.0e-3"'))))


def make_packages():
    put("3mf", "stored", package(method=zipfile.ZIP_STORED))
    put("3mf", "deflated", package())
    put("3mf", "data_descriptors", package(streamed=True))
    put("3mf", "zip64", package(zip64=True))
    put("3mf", "zip64_data_descriptors", package(streamed=True, zip64=True))
    put("3mf", "thumbnail", package(
        parts=[("Metadata/thumbnail.png", b"\x89PNG\r\n\x1a\n")],
        rels=relationships(("/3D/3dmodel.model", MODEL), ("/Metadata/thumbnail.png", THUMBNAIL))))
    part = model(object_xml(1, attributes=' p:UUID="b1f0a6a0-0000-4000-8000-000000000001"'), "",
                 f' xmlns:p="{PRODUCTION}"')
    root = model(
        object_xml(2, '<components><component objectid="1" p:path="/3D/part.model" '
                      'p:UUID="b1f0a6a0-0000-4000-8000-000000000004"/></components>',
                   ' p:UUID="b1f0a6a0-0000-4000-8000-000000000002"'),
        '<item objectid="2" p:UUID="b1f0a6a0-0000-4000-8000-000000000003"/>'
        '<item objectid="1" p:path="/3D/part.model" p:UUID="b1f0a6a0-0000-4000-8000-000000000005"/>',
        f' xmlns:p="{PRODUCTION}" requiredextensions="p"')
    put("3mf", "production", package(root, [
        ("3D/_rels/3dmodel.model.rels", relationships(("/3D/part.model", MODEL))), ("3D/part.model", part)]))
    for name in ("materials", "components", "utf16_little", "metadata"):
        put("3mf", name, package((ROOT / "model" / name).read_bytes()))
    put("3mf", "names_twice", package(parts=[("3D/A.model", model()), ("3D/a.MODEL", model())]))
    put("3mf", "name_climbs", package(parts=[("../a.model", model())]))
    put("3mf", "bomb", package(parts=[("3D/zeros.png", bytes(1 << 21))]))
    put("3mf", "types_override", package(types=TYPES.replace("</Types>", (
        '<Override PartName="/3D/3dmodel.model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
        "</Types>"))))
    put("3mf", "comment", package() [:-2] + b"\x05\x00hello")


def make_meshes():
    square = box()
    put("stl", "cube", stl(square))
    put("stl", "cube_text", text_stl(square))
    put("stl", "cube_text_returns", text_stl(square, "two words", "\r\n"))
    put("stl", "header_begins_solid", stl(square, b"solid cube", 0x8001))
    put("stl", "two_solids", text_stl(TETRAHEDRON, "a") + text_stl(TETRAHEDRON, "b"))
    put("obj", "cube", obj(square))
    put("obj", "negative", obj(square, corner="-{}"))
    put("obj", "groups", obj(box(), "mtllib a.mtl\no first\ng a b\ns 1\nusemtl x\n") + "o second\n"
        + obj(TETRAHEDRON, first=9))
    put("obj", "textured", obj(square, "vt 0 0\nvn 0 0 1\n", "{}/1/1"))
    put("obj", "normals", obj(square, "# comment\nvn 0 0 1\n", "{}//1"))
    put("obj", "concave", obj(([(0, 0, 0), (10, 0, 0), (10, 10, 0), (5, 2, 0), (0, 10, 0)], [(0, 1, 2, 3, 4)])))
    put("obj", "star", obj(([(math.cos(4 * math.pi * i / 9), math.sin(4 * math.pi * i / 9), 0) for i in range(9)],
                            [tuple(range(9))])))
    put("obj", "continued", obj(square).replace("f 1 3", "f 1 \\\n3").replace("\n", "\r\n"))
    put("obj", "colours", "\ufeff" + obj(square).replace("10\n", "10 1 0.5 0\n"))
    put("ply", "cube", ply(square))
    put("ply", "cube_extra", ply(square, extra=True))
    put("ply", "cube_returns", ply(square).replace("\n", "\r\n"))
    for form in ("binary_little_endian", "binary_big_endian"):
        put("ply", f"cube_{form}", ply(square, form))
        put("ply", f"double_{form}", ply(square, form, "double", "int", "uint", True))
        put("ply", f"char_{form}", ply(square, form, "char", "ushort", "uchar"))
    put("ply", "strips", ply(TETRAHEDRON).split("element face")[0]
        + "element tristrips 1\nproperty list int int vertex_indices\nend_header\n"
        + "0 0 0\n10 0 0\n0 10 0\n0 0 10\n9 0 2 1 3 0 2 -1 0 1\n")
    put("ply", "faces_first", ply(square).split("element vertex")[0] + "element face 1\n"
        "property list uchar int vertex_index\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
        "property float nx\nend_header\n3 0 1 2\n0 0 0 1\n1 0 0 1\n0 1 0 1\n")
    for name, make in (("stl", stl), ("obj", obj), ("ply", ply)):
        put("any", name, make(square))
    put("any", "3mf", package())


def make_geometry():
    square = box()
    shapes = {
        "tetrahedron": TETRAHEDRON, "cube": square, "ring": ring(), "plate": box(size=(40, 30, 0.4)),
        "needle": box(size=(0.2, 0.2, 90)), "cavity": joined(square, turned(box(3, 3, 3, (4, 4, 4)))),
        "solid_in_cavity": joined(box(size=(20, 20, 20)), turned(box(2, 2, 2, (16, 16, 16))), box(8, 8, 8, (4, 4, 4))),
        "apart": joined(square, box(10.5)), "edge_shared": joined(square, box(10, 10)),
        "corner_shared": joined(square, box(10, 10, 10)), "face_shared": joined(square, box(10)),
        "crossing": joined(square, box(5, 5, 5)), "doubled": joined(square, square),
        "inside_out": turned(square), "open": (square[0], square[1][:5]), "one_facet": (TETRAHEDRON[0], [(0, 1, 2)]),
        "flipped": (square[0], square[1][:5] + [square[1][5][::-1]]),
        "flat": ([(0, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0)], [(0, 1, 2, 3), (3, 2, 1, 0)]),
        "line": ([(0, 0, 0), (1, 1, 1), (2, 2, 2)], [(0, 1, 2)]), "point": ([(1, 1, 1)], [(0, 0, 0)]),
        "far": moved(square, lambda x, y, z: (x + 10000, y - 10000, z)),
        "tiny": moved(square, lambda x, y, z: (x * 1e-30, y * 1e-30, z * 1e-30)),
        "huge": moved(square, lambda x, y, z: (x * 1e36, y * 1e36, z * 1e36)),
        "sheared": moved(square, lambda x, y, z: (x + 0.3 * y, y + 0.7 * z, z + 0.1 * x)),
        "wedge": ([(0, 0, 0), (20, 0, 0), (20, 5, 0), (0, 0, 5), (20, 0, 5), (20, 5, 5)],
                  [(0, 2, 1), (3, 4, 5), (0, 1, 4, 3), (1, 2, 5, 4), (2, 0, 3, 5)]),
        "tunnel": ring(4, 4, 12.0, 4.0), "möbius": None,
    }
    strip = [(round(math.cos(t) * (10 + s * math.cos(t / 2)), 3), round(math.sin(t) * (10 + s * math.cos(t / 2)), 3),
              round(s * math.sin(t / 2), 3)) for t in (2 * math.pi * i / 8 for i in range(8)) for s in (-2, 2)]
    band = [(2 * i, 2 * i + 2, 2 * i + 3, 2 * i + 1) for i in range(7)] + [(14, 1, 0, 15)]
    shapes["möbius"] = (strip, band)
    crack = stl(square)
    for name, shape in shapes.items():
        put("geometry", name.replace("ö", "oe"), stl(shape))
    put("geometry", "vertex_off", crack[:96] + struct.pack("<f", 0.0004) + crack[100:])


SC = "http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04"
XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
KEY = "00000000-0000-4000-8000-000000000001"


def resource(name, nonce, tag, compression="deflate", aad="", algorithm=XENC11 + "aes256-gcm"):
    aad = f"<aad>{aad}</aad>" if aad else ""
    return (f'<resourcedata path="/3D/{name}.model"><cekparams encryptionalgorithm="{algorithm}" '
            f'compression="{compression}"><iv>{nonce}</iv><tag>{tag}</tag>{aad}</cekparams></resourcedata>')


# What `SealedPackage.swift` has in its parts: nonces, and the tags that go with its ciphertexts.
DEFLATED = resource("deflated", "AAAAAAAAAAAAAAAA", "ZkhHqqrMcI12BH8dp34R9Q==")
AUTHENTICATED = resource("authenticated", "AAAAAAAAAAAAAAAB", "aTKERlZbDlMYiXQSJpBh5A==", aad="am9iIDE3")


def right(index=0, algorithm=XENC11 + "rsa-oaep", more=f' mgfalgorithm="{XENC11}mgf1sha256" digestmethod="{XENC}sha256"'):
    return (f'<accessright consumerindex="{index}"><kekparams wrappingalgorithm="{algorithm}"{more}/><cipherdata>'
            f"<xenc:CipherValue>{'A' * 343}=</xenc:CipherValue></cipherdata></accessright>")


def key_store(group, consumers='<consumer consumerid="bureau"/>', key=KEY, before=""):
    return (f'<?xml version="1.0" encoding="UTF-8"?>{before}<keystore xmlns="{SC}" xmlns:xenc="{XENC}" '
            f'UUID="00000000-0000-4000-8000-000000000002">{consumers}'
            f'<resourcedatagroup keyuuid="{key}">{group}</resourcedatagroup></keystore>')


def make_key_stores():
    both = DEFLATED + AUTHENTICATED
    put("keystore", "opens", key_store(right() + both))
    put("keystore", "no_rights", key_store(both))
    put("keystore", "another_key", key_store(right() + both, key=KEY[:-1] + "9"))
    put("keystore", "fixed_mask", key_store(right(algorithm=XENC + "rsa-oaep-mgf1p", more="") + both))
    put("keystore", "hashes_mixed", key_store(right(
        more=f' mgfalgorithm="{XENC11}mgf1sha1" digestmethod="{XENC}sha256"') + both))
    put("keystore", "hash_sha1", key_store(right(
        more=f' mgfalgorithm="{XENC11}mgf1sha1" digestmethod="{SHA1}"') + both))
    put("keystore", "unknown_algorithm", key_store(right(algorithm="urn:x") + DEFLATED + resource(
        "authenticated", "AAAA", "AAAA", algorithm="urn:y")))
    put("keystore", "additional_data_missing", key_store(right() + both.replace("<aad>am9iIDE3</aad>", "")))
    put("keystore", "not_deflated", key_store(right() + both.replace('"deflate"', '"none"')))
    put("keystore", "one_part", key_store(right() + DEFLATED))
    put("keystore", "part_twice", key_store(right() + both + DEFLATED))
    put("keystore", "root", key_store(right() + both.replace("deflated.model", "3dmodel.model")))
    put("keystore", "spaced", key_store(right() + both.replace("AA", " AA\n")))
    put("keystore", "consumers", key_store(
        right(1) + right(0) + both, '<consumer consumerid="a" keyid="1"/><consumer consumerid="a" keyid="2">'
        '<keyvalue>text</keyvalue></consumer><x:y xmlns:x="urn:x"><x:z/></x:y>'))
    put("keystore", "consumer_beyond", key_store(right(7) + both))
    put("keystore", "document_type", key_store(both, before="<!DOCTYPE keystore>"))


def make_rules():
    rule = {"measure": "wall", "limit": 1.0, "severity": "error", "source": "a", "applies_to": "walls"}
    process = {
        "process": "MEX", "name": "extrusion", "trapped": "loose powder", "supports": True,
        "escape_hole": {"diameter_mm": 5, "source": "a"},
        "build_volume": {"size_mm": [400, 250, 250], "machine": "m", "source": "a"}, "limits": [rule]}
    file = {
        "format": "everpart-printability-rules/1", "edition": "1",
        "sources": {"a": {"title": "t", "quality": "standard", "where": "https://example.com"}},
        "processes": [process, {**process, "process": "PBF-LB/M"}]}
    put("rules", "two", json.dumps(file))
    put("rules", "empty", "{}")
    put("rules", "deep", "[" * 300 + "]" * 300)
    put("rules", "numbers", '{"format":1e999,"edition":-0,"processes":[1.5e-400,18446744073709551616,null,true]}')


for make in (make_models, make_packages, make_meshes, make_geometry, make_key_stores, make_rules):
    make()
size = sum(path.stat().st_size for path in written)
print(f"{len(written)} files, {size} bytes; largest {max(path.stat().st_size for path in written)}", file=sys.stderr)
