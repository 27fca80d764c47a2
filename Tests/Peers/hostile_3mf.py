"""Packages (3MF) made to hurt whoever reads them: ZIP, XML and model. Used by hostile.py."""

import io
import random
import struct
import zipfile
import zlib

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
            if isinstance(data, int):  # so many mebibytes of blanks, never held at once
                with archive.open(entry, "w", force_zip64=True) as part:
                    for _ in range(data):
                        part.write(b" " * (1 << 20))
            else:
                archive.writestr(entry, data)
    return out.getvalue()


def noise(size=SIZE):
    """Bytes that do not compress, the same each time."""
    return random.Random(1).randbytes(size)


def filled(name="3D/filling.png"):
    return [(name, noise())]


def patched(archive, signature, offset, value):
    """The archive with a field of its last header of a kind changed."""
    at = archive.rindex(signature)
    return archive[:at + offset] + value + archive[at + offset + len(value):]


def bomb_of_models(count=9900):
    """Models that are all used, each small enough for its inflation not to be looked at."""
    blank = model(before=" " * ((1 << 20) - 900))
    rels = RELS.replace("</Relationships>", "")
    parts = [(f"3D/{n}.model", blank) for n in range(count)]
    parts.append(("3D/_rels/3dmodel.model.rels", f'{rels.split("<Relationship ")[0]}' + "".join(
        f'<Relationship Id="r{n}" Target="/3D/{n}.model" Type="{MODEL}"/>' for n in range(count)) + "</Relationships>"))
    production = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
    items = "".join(f'<item objectid="1" p:path="/3D/{n}.model"/>' for n in range(count))
    root = model("", items, attributes=f' xmlns:p="{production}" requiredextensions="p"')
    return package(root, parts, zipfile.ZIP_DEFLATED)


def before_ratio():
    """A model that inflates by a little less than fifty times: comments with just enough noise in them."""
    text = noise(3000).hex().replace("-", "a")
    return model(before=("<!-- " + text + " " * 140_000 + " -->") * 2000)


def zip64(archive, count=4, size=None, offset=None, locator=None):
    """The archive with a ZIP64 end that says something else."""
    end = archive[-22:]
    stated, at = struct.unpack_from("<II", end, 12)
    record = struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, count, count,
                         stated if size is None else size, at if offset is None else offset)
    found = struct.pack("<IIQI", 0x07064b50, 0, len(archive) - 22 if locator is None else locator, 1)
    return archive[:-22] + record + found + end[:8] + b"\xff" * 12 + b"\0\0"


def extra_fields():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in [("[Content_Types].xml", TYPES), ("_rels/.rels", RELS), ("3D/3dmodel.model", model())]:
            archive.writestr(zipfile.ZipInfo(name), data)
        for n in range(76):
            entry = zipfile.ZipInfo(f"3D/{n}.png")
            entry.extra = struct.pack("<HH", 0x4b50, 65_000) + bytes(65_000)
            archive.writestr(entry, b"")
    return out.getvalue()


def quoted(entries=9000):
    """Entries that share one compressed kernel, each with the next one's header quoted before it (D. Fifield,
    "A better zip bomb", WOOT 2019)."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = press.compress(b" " * SIZE) + press.flush()
    out, offset, headers = [], 0, []
    for n in range(entries):
        name = f"3D/{n:05}.model".encode()
        header = struct.pack("<IHHHHHIIIHH", 0x04034b50, 20, 0, 8, 0, 0x21, 0, len(kernel), SIZE, len(name), 0) + name
        headers.append((name, offset))
        out.append(header)
        offset += len(header)
    out.append(kernel)
    data = b"".join(out)
    directory = b"".join(struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014b50, 20, 20, 0, 8, 0, 0x21, 0, len(data) - at - 30 - len(name), SIZE, len(name),
        0, 0, 0, 0, 0, at) + name for name, at in headers)
    return data + directory + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, entries, entries, len(directory), len(data), 0)


def zip_cases():
    whole = package(parts=filled())
    central, local = b"PK\x01\x02", b"PK\x03\x04"
    yield "zip_names_twice.3mf", package(parts=filled("3D/a.png") + [("3D/a.png", b"x")])
    yield "zip_names_case.3mf", package(parts=filled("3D/a.png") + [("3D/A.PNG", b"x")])
    target = '<Relationship Id="x" Type="urn:x" Target="/3D' + "/a" * (SIZE // 2) + '"/></Relationships>'
    yield "list_target.3mf", package(rels=RELS.replace("</Relationships>", target))
    short = "".join(
        f'<Relationship Id="x{n}" Type="urn:x" Target="/3D/{n}{"/a" * 180}"/>' for n in range(9500)) + "</Relationships>"
    yield "list_targets.3mf", package(rels=RELS.replace("</Relationships>", short))
    part = '<Override ContentType="a/b" PartName="/3D' + "/a" * (SIZE // 2) + '"/></Types>'
    yield "list_part_name.3mf", package(types=TYPES.replace("</Types>", part))
    yield "list_utf16.3mf", package(types=TYPES.replace("</Types>", "<!--" + "\u4e00" * (SIZE // 2) + "--></Types>").encode("utf-16"))
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
    yield "zip_bomb.3mf", package(2000, method=zipfile.ZIP_DEFLATED)
    yield "zip_bomb_of_parts.3mf", package(
        model(), [(f"3D/{n}.model", b" " * (1 << 20)) for n in range(2000)], zipfile.ZIP_DEFLATED)
    yield "zip_bomb_of_models.3mf", bomb_of_models()
    inner = package(200, method=zipfile.ZIP_DEFLATED)
    yield "zip_bomb_within.3mf", package(parts=[("3D/inner.3mf", inner)] + filled())
    yield "zip_bomb_below_ratio.3mf", package(before_ratio(), method=zipfile.ZIP_DEFLATED)
    yield "zip_entries.3mf", package(parts=[(f"3D/{n}.png", b"") for n in range(60_000)])
    yield "zip_quine_directory.3mf", patched(whole, b"PK\x05\x06", 8, b"\xff\xff\xff\xff")
    end = b"PK\x05\x06"
    yield "zip_two_ends.3mf", whole[:-2] + struct.pack("<H", 22) + whole[-22:]
    yield "zip_ends_in_comment.3mf", whole[:-2] + struct.pack("<H", 65_534) + (end * 16_384)[:65_534]
    yield "zip_count_low.3mf", patched(whole, end, 8, struct.pack("<HH", 3, 3))
    yield "zip_count_high.3mf", patched(whole, end, 8, struct.pack("<HH", 5, 5))
    yield "zip_directory_offset.3mf", patched(whole, end, 16, struct.pack("<I", 0))
    yield "zip_directory_size.3mf", patched(whole, end, 12, struct.pack("<I", 0xfffffff0))
    yield "zip_encrypted.3mf", patched(whole, central, 8, b"\x01\x00")
    yield "zip_method.3mf", patched(whole, central, 10, b"\x0c\x00")
    yield "zip_method_differs.3mf", patched(whole, local, 8, b"\x08\x00")
    yield "zip_name_differs.3mf", patched(whole, local, 30, b"3D/fillinG")
    yield "zip_link.3mf", patched(whole, central, 38, struct.pack("<I", 0o120777 << 16))
    yield "zip_disk.3mf", patched(whole, end, 4, struct.pack("<HH", 1, 1))
    yield "zip64_count.3mf", zip64(whole, count=1 << 60)
    yield "zip64_offset.3mf", zip64(whole, offset=(1 << 64) - 8)
    yield "zip64_size.3mf", zip64(whole, size=(1 << 63) - 1)
    yield "zip64_locator.3mf", zip64(whole, locator=(1 << 64) - 1)
    yield "zip_extra_fields.3mf", extra_fields()
    yield "zip_names_long.3mf", package(parts=[(f"3D/{n:03}" + "a" * 65_000, b"") for n in range(75)])
    yield "zip_quoted.3mf", quoted()
    yield "package_types.3mf", package(types=TYPES.replace("</Types>", "".join(
        f'<Override PartName="/3D/{n}.png" ContentType="image/png"/>' for n in range(SIZE // 60)) + "</Types>"))
    yield "package_relationships.3mf", package(rels=RELS.replace("</Relationships>", "".join(
        f'<Relationship Id="r{n}" Target="/3D/{n}.png" Type="urn:x"/>' for n in range(SIZE // 62)) + "</Relationships>"))
    circle = RELS.replace("/3D/3dmodel.model", "/3D/a.model")
    yield "package_models_circle.3mf", package(parts=filled() + [
        ("3D/_rels/3dmodel.model.rels", circle), ("3D/a.model", model()),
        ("3D/_rels/a.model.rels", circle.replace("a.model", "3dmodel.model"))])
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
    yield "xml_namespaces_of_one.3mf", package(model(before="<x:a " + " ".join(
        f'xmlns:y{n}="urn:{n}"' for n in range(SIZE // 22)) + "/>", attributes=' xmlns:x="urn:x"'))
    yield "xml_attribute_twice.3mf", package(model(before=pad, build='<item objectid="1" objectid="1"/>'))
    yield "xml_value.3mf", package(model(build=f'<item objectid="1" partnumber="{"a" * SIZE}"/>'))
    yield "xml_references.3mf", package(model(before=f'<metadata name="Title">{"&#x41;" * (SIZE // 6)}</metadata>'))
    yield "xml_reference_long.3mf", package(model(before=f'<metadata name="Title">&#x{"0" * SIZE}41;</metadata>'))
    yield "xml_comments.3mf", package(model(before="<!---->" * (SIZE // 7)))
    yield "xml_comment_dashes.3mf", package(model(before="<!--" + " -" * (SIZE // 2) + "-->"))
    yield "xml_instructions.3mf", package(model(before="<?a b?>" * (SIZE // 7)))
    yield "xml_cdata.3mf", package(model(before=f'<metadata name="Title">{"<![CDATA[a]]>" * (SIZE // 13)}</metadata>'))
    yield "xml_elements_unknown.3mf", package(model(before="<x:a/>" * (SIZE // 6), attributes=' xmlns:x="urn:x"'))
    yield "xml_utf16.3mf", package(model(before=pad[:SIZE // 2]+" -->").decode().replace(
        "?>", ' encoding="UTF-16"?>', 1).encode("utf-16"))
    yield "xml_utf16_unannounced.3mf", package(model(before=pad).replace(b"?>", b' encoding="UTF-16"?>', 1))
    yield "xml_version.3mf", package(model(before=pad).replace(b"1.0", b"1.1", 1))
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
    yield from lists_and_repetitions()
    yield from mesh_cases(pad)


def tetrahedron(vertex):
    """A tetrahedron with something in place of its first vertex."""
    return OBJECT.replace('<vertex x="0" y="0" z="0"/>', vertex, 1)


def lists_and_repetitions():
    """What takes few bytes and much of a reader: lists of single digits, vertices that nothing uses, pictures."""
    materials = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
    base = '<basematerials id="2"><base name="a" displaycolor="#000000"/></basematerials>'
    indices = "0 " * (SIZE // 2)
    yield "model_list_of_indices.3mf", package(model(
        f'{base}<m:compositematerials id="3" matid="2" matindices="{indices}"/>{OBJECT}',
        attributes=f' xmlns:m="{materials}"'))
    yield "model_list_of_extensions.3mf", package(model(
        attributes=f' xmlns:m="{materials}" requiredextensions="{"m " * (SIZE // 2)}"'))
    unused = "".join(f'<vertex x="{n % 1000}" y="{n // 1000}" z="7"/>' for n in range(120_000))
    yield "model_instances_of_vertices.3mf", package(model(
        OBJECT.replace("</vertices>", unused + "</vertices>"),
        "".join(f'<item objectid="1" transform="1 0 0 0 1 0 0 0 1 {n} 0 0"/>' for n in range(90_000))))
    texture = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dtexture"
    start = RELS.split("<Relationship ")[0]
    pictures = start + "".join(
        f'<Relationship Id="r{n}" Target="/{n}.png" Type="{texture}"/>' for n in range(95)) + "</Relationships>"
    parts = [(f"{n}.png", b"") for n in range(95)]
    for n in range(4900):
        parts += [(f"3D/{n}.model", model()), (f"3D/_rels/{n}.model.rels", pictures)]
    parts.append(("3D/_rels/3dmodel.model.rels", start + "".join(
        f'<Relationship Id="r{n}" Target="/3D/{n}.model" Type="{MODEL}"/>' for n in range(4900)) + "</Relationships>"))
    production = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
    root = model("", "".join(f'<item objectid="1" p:path="/3D/{n}.model"/>' for n in range(4900)),
                 attributes=f' xmlns:p="{production}" requiredextensions="p"')
    yield "model_pictures.3mf", package(root, parts, zipfile.ZIP_DEFLATED)


def mesh_cases(pad):
    many = '<triangle v1="0" v2="1" v3="2"/>'
    yield "mesh_facets_on_facets.3mf", package(model(OBJECT.replace("</triangles>", many * (SIZE // 33) + "</triangles>")))
    yield "mesh_corners_alike.3mf", package(model(OBJECT.replace(
        "</triangles>", '<triangle v1="1" v2="1" v3="2"/>' * (SIZE // 33) + "</triangles>")))
    flat = "".join(f'<vertex x="{n}" y="0" z="0"/>' for n in range(SIZE // 80))
    yield "mesh_degenerate.3mf", package(model(f'<object id="1"><mesh><vertices>{flat}</vertices><triangles>' + "".join(
        f'<triangle v1="{n}" v2="{n + 1}" v3="{n + 2}"/>' for n in range(SIZE // 80 - 2)) + "</triangles></mesh></object>"))
    point = '<vertex x="1" y="1" z="1"/>' * (SIZE // 80)
    yield "mesh_one_place.3mf", package(model(f'<object id="1"><mesh><vertices>{point}</vertices><triangles>' + "".join(
        f'<triangle v1="{n}" v2="{n + 1}" v3="{n + 2}"/>' for n in range(SIZE // 80 - 2)) + "</triangles></mesh></object>"))
    for name, number in [("1e300", "1e300"), ("1e39", "1e39"), ("1e_300", "1e-300"), ("hexadecimal", "0x10"),
                         ("comma", "1,5"), ("digits", "0." + "0" * SIZE + "1"), ("exponent", "1e" + "9" * SIZE)]:
        padding = "" if len(number) > 100 else pad
        yield f"mesh_number_{name}.3mf", package(model(tetrahedron(f'<vertex x="{number}" y="0" z="0"/>'), before=padding))
    for name, index in [("negative", "-1"), ("4_294_967_296", str(1 << 32)), ("2_64", str(1 << 64)), ("plus", "+1"),
                        ("fraction", "1.0"), ("digits", "0" * SIZE + "1")]:
        padding = "" if len(index) > 100 else pad
        yield f"mesh_index_{name}.3mf", package(model(OBJECT.replace('v2="2"', f'v2="{index}"', 1), before=padding))
    for name, matrix in [("nan", "NaN 0 0 0 1 0 0 0 1 0 0 0"), ("flat", "1 0 0 0 1 0 0 0 0 0 0 0"),
                         ("nothing", " ".join("0" * 12)), ("mirrored", "-1 0 0 0 1 0 0 0 1 0 0 0"),
                         ("1e200", "1e200 0 0 0 1e200 0 0 0 1e200 0 0 0"), ("1e_200", "1e-200 0 0 0 1e-200 0 0 0 1e-200 0 0 0"),
                         ("eleven", " ".join("1" * 11)), ("thirteen", " ".join("1" * 13))]:
        yield f"transform_{name}.3mf", package(model(build=f'<item objectid="1" transform="{matrix}"/>', before=pad))
    squares = OBJECT + "".join(
        f'<object id="{n}"><components><component objectid="{n - 1}" transform="1e30 0 0 0 1e30 0 0 0 1e30 0 0 0"/>'
        "</components></object>" for n in range(2, 40))
    yield "transform_product.3mf", package(model(squares, '<item objectid="39"/>', pad))
    # A part of a thousand facets, built as often as is allowed.
    vertices = "".join(f'<vertex x="{n % 32}" y="{n // 32}" z="{n * n % 7}"/>' for n in range(502))
    facets = "".join(f'<triangle v1="{n % 500}" v2="{(n + 1) % 500}" v3="{n % 2 + 500}"/>' for n in range(1000))
    part = f'<object id="1"><mesh><vertices>{vertices}</vertices><triangles>{facets}</triangles></mesh></object>'
    use = '<component objectid="1"/>'
    yield "model_instances.3mf", package(model(
        f'{part}<object id="2"><components>{use * 42_000}</components></object>', '<item objectid="2"/>'))
    yield "model_metadata.3mf", package(model(before="".join(
        f'<metadata name="x:{n}">a</metadata>' for n in range(SIZE // 35)), attributes=' xmlns:x="urn:x"'))
    yield "model_metadata_long.3mf", package(model(before=f'<metadata name="Title">{"a" * SIZE}</metadata>'))
    yield "model_materials.3mf", package(model("".join(
        f'<basematerials id="{n}"><base name="a" displaycolor="#000000"/></basematerials>'
        for n in range(2, SIZE // 80)) + OBJECT))
    yield "model_materials_of_one.3mf", package(model(
        '<basematerials id="2">' + '<base name="a" displaycolor="#000000"/>' * (SIZE // 40) + "</basematerials>" + OBJECT))
    objects = "".join(f'<object id="{n}">{MESH}</object>' for n in range(1, SIZE // (len(MESH) + 90)))
    count = SIZE // (len(MESH) + 90)
    yield "model_objects_built.3mf", package(model(objects, "".join(f'<item objectid="{n}"/>' for n in range(1, count))))
    yield "model_objects_joined.3mf", package(model(
        objects + f'<object id="{count}"><components>' + "".join(
            f'<component objectid="{n}"/>' for n in range(1, count)) + "</components></object>",
        f'<item objectid="{count}"/>'))
    yield "model_namespace_core_as_other.3mf", package(model(
        before=pad, attributes=f' xmlns:x="{CORE}"', build='<x:item objectid="1"/><x:item objectid="2"/>'))
