"""Measures a mesh file with trimesh or numpy-stl, or reads one with lib3mf, and prints what it found, how long it took and how
much memory it took beyond the imports, as JSON. The imports are not part of the time."""

import json
import sys
import time


def resident_peak() -> int:
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def with_trimesh(path: str) -> dict:
    mesh = trimesh.load_mesh(path)
    return {
        "triangles": len(mesh.faces),
        "vertices": len(mesh.vertices),
        "volume": float(mesh.volume),
        "area": float(mesh.area),
        "centre": mesh.center_mass.tolist(),
        "bounds": mesh.bounds.tolist(),
        "watertight": bool(mesh.is_watertight and mesh.is_winding_consistent),
        "shells": int(mesh.body_count),
    }


def with_numpy_stl(path: str) -> dict:
    mesh = stl.mesh.Mesh.from_file(path)
    # Not get_mass_properties: its check that the mesh is closed is a loop in Python, which takes a
    # minute for a million facets.
    a, b, c = (corner.astype(numpy.float64) for corner in (mesh.v0, mesh.v1, mesh.v2))
    return {
        "triangles": len(mesh),
        "volume": float((a * numpy.cross(b, c)).sum() / 6),
        "area": float(mesh.areas.sum(dtype=numpy.float64)),
        "bounds": [mesh.min_.tolist(), mesh.max_.tolist()],
    }


def with_lib3mf(path: str) -> dict:
    model = lib3mf.get_wrapper().CreateModel()
    model.QueryReader("3mf").ReadFromFile(path)
    triangles = vertices = 0
    objects = model.GetMeshObjects()
    while objects.MoveNext():
        mesh = objects.GetCurrentMeshObject()
        triangles += mesh.GetTriangleCount()
        vertices += mesh.GetVertexCount()
    return {"triangles": triangles, "vertices": vertices}


if sys.argv[1] == "trimesh":
    import networkx  # noqa: F401  imported lazily by trimesh otherwise, in the measured time
    import scipy.sparse.csgraph  # noqa: F401
    import trimesh

    measure = with_trimesh
elif sys.argv[1] == "lib3mf":
    import lib3mf

    measure = with_lib3mf
else:
    import numpy
    import stl

    measure = with_numpy_stl

before = resident_peak()
start = time.perf_counter()
found = measure(sys.argv[2])
seconds = time.perf_counter() - start
print(json.dumps({**found, "seconds": seconds, "grown": resident_peak() - before}))
