#!/usr/bin/env python3
"""3MF Secure Content beside two others: lib3mf, and the specification read anew with `cryptography`.

  secure.py lib3mf read FILE KEY.pem CONSUMER      triangles and build items, in strict mode
  secure.py lib3mf write FILE KEY.pub CONSUMER sha1|sha256 none|deflate
  secure.py plain read FILE KEY.pem                triangles and build items, and the first vertex
  secure.py plain write FILE KEY.pub CONSUMER sha1|sha256 none|deflate [AAD]

`plain` copies nothing of ours and uses nothing of lib3mf: zipfile, ElementTree, zlib and cryptography.
"""
import base64, ctypes, os, struct, sys, uuid, zipfile, zlib
from xml.etree import ElementTree
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MS = "http://schemas.microsoft.com/3dmanufacturing"
OPC = "http://schemas.openxmlformats.org/package/2006"
SC, XENC = MS + "/securecontent/2019/04", "http://www.w3.org/2001/04/xmlenc#"
CORE, PRODUCTION = MS + "/core/2015/02", MS + "/production/2015/06"
XENC11, DSIG = "http://www.w3.org/2009/xmlenc11#", "http://www.w3.org/2000/09/xmldsig#"
HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}
DIGESTS = {"sha1": DSIG + "sha1", "sha256": XENC + "sha256"}
VERTICES = [(0, 0, 0), (10, 0, 0), (0, 10, 0), (0, 0, 10)]
TRIANGLES = [(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)]

def oaep(name):
    return padding.OAEP(padding.MGF1(HASHES[name]()), HASHES[name](), None)

def private(path):
    return serialization.load_pem_private_key(open(path, "rb").read(), None)

def public(path):
    return serialization.load_pem_public_key(open(path, "rb").read())

# MARK: From the specification

def plain_read(path, key):
    key, archive = private(key), zipfile.ZipFile(path)
    def relationships(part):
        folder, name = os.path.split(part)
        tree = ElementTree.fromstring(archive.read(f"{folder}/_rels/{name}.rels".lstrip("/")))
        return [(r.get("Type"), r.get("Target")) for r in tree]
    targets = dict(relationships("/"))
    root = targets[MS + "/2013/01/3dmodel"]
    assert relationships("/").count((OPC + "/relationships/mustpreserve", "/Secure/keystore.xml")) == 1
    store = ElementTree.fromstring(archive.read(targets[MS + "/2019/04/keystore"].lstrip("/")))
    assert store.tag == f"{{{SC}}}keystore" and uuid.UUID(store.get("UUID")).version == 4
    parts = {}
    for group in store.iter(f"{{{SC}}}resourcedatagroup"):
        cek = None
        for right in group.iter(f"{{{SC}}}accessright"):
            assert int(right.get("consumerindex")) < len(store.findall(f"{{{SC}}}consumer"))
            how = right.find(f"{{{SC}}}kekparams")
            assert how.get("wrappingalgorithm") == XENC11 + "rsa-oaep"
            name = {v: k for k, v in DIGESTS.items()}[how.get("digestmethod")]
            assert how.get("mgfalgorithm") == XENC11 + "mgf1" + name
            wrapped = base64.b64decode(right.find(f".//{{{XENC}}}CipherValue").text, validate=True)
            try: cek = key.decrypt(wrapped, oaep(name))
            except ValueError: pass
        assert len(cek) == 32
        for resource in group.iter(f"{{{SC}}}resourcedata"):
            p = resource.find(f"{{{SC}}}cekparams")
            assert p.get("encryptionalgorithm") == XENC11 + "aes256-gcm"
            value = lambda n: base64.b64decode(p.findtext(f"{{{SC}}}{n}") or "", validate=True)
            place = resource.get("path")
            related = relationships(root)
            assert (OPC + "/relationships/encryptedfile", place) in related
            assert (MS + "/2013/01/3dmodel", place) in related
            content = archive.read(place.lstrip("/"))
            assert content[:8] == b"%3McF\0\0\0"
            body = content[struct.unpack("<I", content[8:12])[0]:]
            opened = AESGCM(cek).decrypt(value("iv"), body + value("tag"), value("aad"))
            if p.get("compression") == "deflate":
                inflater = zlib.decompressobj(-15)
                opened = inflater.decompress(opened) + inflater.flush()
                assert inflater.eof and not inflater.unused_data
            parts[place] = ElementTree.fromstring(opened)
    model = ElementTree.fromstring(archive.read(root.lstrip("/")))
    items = model.findall(f"{{{CORE}}}build/{{{CORE}}}item")
    assert all(item.get(f"{{{PRODUCTION}}}path") in parts for item in items)
    triangles = [t for part in parts.values() for t in part.iter(f"{{{CORE}}}triangle")]
    first = next(next(iter(parts.values())).iter(f"{{{CORE}}}vertex"))
    print(len(triangles), len(items), first.get("x"), first.get("y"), first.get("z"), end="")

def plain_write(path, key, consumer, name, compression, aad=""):
    cek, iv, aad = os.urandom(32), os.urandom(12), aad.encode()
    vertices = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in VERTICES)
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in TRIANGLES)
    content = (f'<model xmlns="{CORE}"><resources><object id="7"><mesh><vertices>{vertices}</vertices>'
        f'<triangles>{triangles}</triangles></mesh></object></resources><build/></model>').encode()
    if compression == "deflate":
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        content = deflater.compress(content) + deflater.flush()
    sealed = AESGCM(cek).encrypt(iv, content, aad)
    # The other of the two identifiers for SHA-1, which the specification has as its first example.
    how = (f'wrappingalgorithm="{XENC}rsa-oaep-mgf1p"' if name == "sha1" else
        f'wrappingalgorithm="{XENC11}rsa-oaep" mgfalgorithm="{XENC11}mgf1sha256" digestmethod="{XENC}sha256"')
    b64 = lambda data: "\n" + base64.encodebytes(data).decode()
    rel = lambda n, target, type: f'<Relationship Id="r{n}" Target="{target}" Type="{type}"/>'
    rels = lambda *all: f'<Relationships xmlns="{OPC}/relationships">{"".join(all)}</Relationships>'
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    archive.writestr("[Content_Types].xml", f'<Types xmlns="{OPC}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
        '<Override PartName="/Secure/keystore.xml" ContentType="application/vnd.ms-package.3dmanufacturing-keystore+xml"/></Types>')
    archive.writestr("_rels/.rels", rels(rel(0, "/3D/build.model", MS + "/2013/01/3dmodel"),
        rel(1, "/Secure/keystore.xml", MS + "/2019/04/keystore")))
    archive.writestr("3D/_rels/build.model.rels", rels(rel(0, "/3D/gear.model", MS + "/2013/01/3dmodel"),
        rel(1, "/3D/gear.model", OPC + "/relationships/encryptedfile")))
    archive.writestr("3D/build.model", f'<model xmlns="{CORE}" xmlns:p="{PRODUCTION}" xmlns:q="{SC}" '
        'requiredextensions="p q"><resources/><build><item objectid="7" p:path="/3D/gear.model"/></build></model>')
    # A reserved header of four bytes more than the least.
    archive.writestr("3D/gear.model", b"%3McF\0\0\0" + struct.pack("<I", 16) + b"more" + sealed[:-16])
    archive.writestr("Secure/keystore.xml", f'<keystore xmlns="{SC}" xmlns:xenc="{XENC}" UUID="{uuid.uuid4()}">'
        f'<consumer consumerid="somebody else"/><consumer consumerid="{consumer}"/>'
        f'<resourcedatagroup keyuuid="{uuid.uuid4()}"><accessright consumerindex="1"><kekparams {how}/><cipherdata>'
        f'<xenc:CipherValue>{b64(public(key).encrypt(cek, oaep(name)))}</xenc:CipherValue></cipherdata></accessright>'
        f'<resourcedata path="/3D/gear.model"><cekparams encryptionalgorithm="{XENC11}aes256-gcm" compression="{compression}">'
        f'<iv>{b64(iv)}</iv><tag>{b64(sealed[-16:])}</tag>{f"<aad>{b64(aad)}</aad>" if aad else ""}</cekparams></resourcedata>'
        '</resourcedatagroup></keystore>')
    archive.close()

# MARK: lib3mf. Its Python declares these callbacks with six arguments and passes eight.

BYTES, NUMBER = ctypes.POINTER(ctypes.c_uint8), ctypes.POINTER(ctypes.c_uint64)
CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, BYTES, ctypes.c_uint64, NUMBER, BYTES,
    ctypes.c_void_p, NUMBER)
RANDOM = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p, NUMBER)
kept = []

def held(wrapper, kind, handle):
    """The object of a handle that the library lends for one call."""
    wrapper.lib.lib3mf_acquire(ctypes.c_void_p(handle))
    return kind(ctypes.c_void_p(handle), wrapper)

def callback(size, change):
    def call(handle, count, data, room, needed, out, _, status):
        try:
            if count > 0 and data and (not out or room == 0):
                result = size(count)
            else:
                changed = change(handle, bytes(data[:count]) if data else b"")
                if out: ctypes.memmove(out, changed, len(changed))
                result = len(changed) or 16
        except Exception as error:
            print(repr(error), file=sys.stderr)
            result = 0
        if needed: needed[0] = result
        status[0] = result
    kept.append(CALLBACK(call))
    return kept[-1]

def content_callback(wrapper, lib, encrypts):
    ciphers = {}
    def change(handle, data):
        p = held(wrapper, lib.ContentEncryptionParams, handle)
        number = p.GetDescriptor()
        if number not in ciphers:
            iv = bytes(p.GetInitializationVector())
            mode = modes.GCM(iv) if encrypts else modes.GCM(iv, bytes(p.GetAuthenticationTag()))
            cipher = Cipher(algorithms.AES(bytes(p.GetKey())), mode)
            ciphers[number] = cipher.encryptor() if encrypts else cipher.decryptor()
            ciphers[number].authenticate_additional_data(bytes(p.GetAdditionalAuthenticationData()))
        if data: return ciphers[number].update(data)
        ciphers[number].finalize()
        if encrypts: p.SetAuthenticationTag(list(ciphers[number].tag))
        return b""
    return ctypes.cast(callback(lambda n: n, change), lib.ContentEncryptionCallback)

def wrapping_callback(wrapper, lib, size, change):
    def named(handle, data):
        right = held(wrapper, lib.AccessRight, handle)
        return change(data, "sha256" if right.GetDigestMethod() == lib.DigestMethod.SHA256 else "sha1")
    return ctypes.cast(callback(lambda _: size, named), lib.KeyWrappingCallback)

def lib3mf_read(path, key, consumer):
    import lib3mf
    from lib3mf import Lib3MF as lib
    wrapper, key = lib3mf.get_wrapper(), private(key)
    model = wrapper.CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.AddKeyWrappingCallback(consumer,
        wrapping_callback(wrapper, lib, 32, lambda data, name: key.decrypt(data, oaep(name))), 0)
    reader.SetContentEncryptionCallback(content_callback(wrapper, lib, False), 0)
    reader.ReadFromFile(path)
    assert reader.GetWarningCount() == 0, reader.GetWarning(0)
    objects, triangles = model.GetMeshObjects(), 0
    while objects.MoveNext(): triangles += objects.GetCurrentMeshObject().GetTriangleCount()
    print(triangles, model.GetBuildItems().Count(), end="")

def lib3mf_write(path, key, consumer, name, compression):
    import lib3mf
    from lib3mf import Lib3MF as lib
    wrapper, pem, key = lib3mf.get_wrapper(), open(key).read(), public(key)
    model = wrapper.CreateModel()
    def random(data, count, _, written):
        ctypes.memmove(data, os.urandom(count), count)
        written[0] = count
    kept.append(RANDOM(random))
    model.SetRandomNumberCallback(ctypes.cast(kept[-1], lib.RandomNumberCallback), 0)
    part = model.FindOrCreatePackagePart("/3D/secret.model")
    mesh = model.AddMeshObject()
    mesh.SetGeometry([lib.Position((ctypes.c_float * 3)(*v)) for v in VERTICES],
        [lib.Triangle((ctypes.c_uint32 * 3)(*t)) for t in TRIANGLES])
    mesh.SetPackagePart(part)
    model.AddBuildItem(mesh, wrapper.GetIdentityTransform())
    store = model.GetKeyStore()
    group = store.AddResourceDataGroup()
    group.AddAccessRight(store.AddConsumer(consumer, "key 1", pem), lib.WrappingAlgorithm.RSA_OAEP,
        getattr(lib.MgfAlgorithm, "MGF1_" + name.upper()), getattr(lib.DigestMethod, name.upper()))
    store.AddResourceData(group, part, lib.EncryptionAlgorithm.AES256_GCM,
        lib.Compression.Deflate if compression == "deflate" else lib.Compression.NoCompression, [])
    writer = model.QueryWriter("3mf")
    writer.AddKeyWrappingCallback(consumer, wrapping_callback(wrapper, lib, key.key_size // 8,
        lambda data, name: key.encrypt(data, oaep(name))), 0)
    writer.SetContentEncryptionCallback(content_callback(wrapper, lib, True), 0)
    writer.WriteToFile(path)

if __name__ == "__main__":
    globals()[f"{sys.argv[1]}_{sys.argv[2]}"](*sys.argv[3:])
