"""Finds the nearest qualified bureau with PostGIS and with scikit-learn's BallTree, on the data of a folder.

Reads a line from standard input (`postgis 1`, `balltree 10`: which one, which requests) and answers with a line of JSON:
the median of the seconds that a request took, and the bureau of each."""

import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import psycopg2
from sklearn.neighbors import BallTree

folder = sys.argv[1]
BIN = "/usr/lib/postgresql/15/bin"


def rows(name):
    with open(f"{folder}/{name}.csv") as file:
        return [list(map(float, row)) for row in csv.reader(file)]


bureaus, machines, certificates = rows("bureaus"), rows("machines"), rows("certificates")
requests = {name: rows(f"requests-{name}") for name in ("1", "10")}


class PostGIS:
    """A throw-away server. A row for each machine and material, with the place beside it, in a partition of its process
    and material with a GiST index of its points: KNN goes through the nearest of the right kind. Points are on the unit
    sphere in three dimensions, so that distances order as great circles do.

    Slower were one table with an index of process, material and point, a row for each certificate, too, geography,
    and plans made for each request."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="everpart-postgis-", dir="/tmp")
        if os.getuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")
        self.run(f"{BIN}/initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-D", f"{self.home}/data")
        options = (f"-c listen_addresses='' -c unix_socket_directories={self.home} -c fsync=off -c jit=off "
                   "-c shared_buffers=512MB -c work_mem=64MB -c max_parallel_workers_per_gather=0")
        self.run(f"{BIN}/pg_ctl", "-w", "-D", f"{self.home}/data", "-l", f"{self.home}/log", "-o", options, "start")
        self.connection = psycopg2.connect(host=self.home, user="postgres", dbname="postgres")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.load()
        self.cursor.execute(
            "PREPARE nearest(float8, float8, float8, int, int, float8, float8, float8, int, int) AS "
            "SELECT bureau FROM way WHERE process = $4 AND material = $5 AND s1 >= $6 AND s2 >= $7 AND s3 >= $8 "
            "AND EXISTS (SELECT 1 FROM certificate WHERE certificate.bureau = way.bureau AND scheme = $9 "
            "AND valid_from <= $10 AND valid_until >= $10) "
            "ORDER BY at <<->> ST_MakePoint($1, $2, $3) LIMIT 1")
        self.cursor.execute("SET plan_cache_mode = force_generic_plan")

    def run(self, *command):
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(prefix + list(command), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       cwd=self.home)

    def load(self):
        execute = self.cursor.execute
        execute("CREATE EXTENSION postgis")
        execute("CREATE TABLE way (bureau int, process int, material int, s1 float8, s2 float8, s3 float8, "
                "at geometry(PointZ)) PARTITION BY LIST (process)")
        kinds = {(int(process), material) for _, process, bits, *_ in machines for material in materials(bits)}
        for process in {process for process, _ in kinds}:
            execute(f"CREATE TABLE way_{process} PARTITION OF way FOR VALUES IN ({process}) PARTITION BY LIST (material)")
        for process, material in kinds:
            execute(f"CREATE TABLE way_{process}_{material} PARTITION OF way_{process} FOR VALUES IN ({material})")
        execute("CREATE TABLE certificate (bureau int, scheme int, valid_from int, valid_until int)")
        points = vectors(numpy.array(bureaus)[:, :2])
        self.copy("way", (
            (int(bureau), int(process), material, *sides,
             "SRID=0;POINT Z({!r} {!r} {!r})".format(*map(float, points[int(bureau)])))
            for bureau, process, bits, *sides in machines for material in materials(bits)))
        self.copy("certificate", (tuple(map(int, row)) for row in certificates))
        execute("CREATE INDEX way_at ON way USING gist (at gist_geometry_ops_nd)")
        execute("CREATE INDEX certificate_of ON certificate (bureau, scheme) INCLUDE (valid_from, valid_until)")
        execute("VACUUM ANALYZE")

    def copy(self, table, lines):
        with tempfile.TemporaryFile("w+") as file:
            for line in lines:
                file.write("\t".join(map(str, line)) + "\n")
            file.seek(0)
            self.cursor.copy_expert(f"COPY {table} FROM STDIN", file)

    def nearest(self, request):
        latitude, longitude, process, material, s1, s2, s3, scheme, day = request
        x, y, z = map(float, vectors(numpy.array([[latitude, longitude]]))[0])
        start = time.perf_counter()
        self.cursor.execute("EXECUTE nearest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                            (x, y, z, int(process), int(material), s1, s2, s3, int(scheme), int(day)))
        found = self.cursor.fetchone()
        return time.perf_counter() - start, found[0] if found else -1

    def bare(self):
        times = []
        for _ in range(500):
            start = time.perf_counter()
            self.cursor.execute("SELECT 1")
            self.cursor.fetchone()
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    def stop(self):
        self.connection.close()
        self.run(f"{BIN}/pg_ctl", "-D", f"{self.home}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)


class Tree:
    """The nearest bureaus from a BallTree, looked at one by one until one is qualified. Slower were numpy's gates on the
    neighbours block by block, other sizes of leaves, and to begin with fewer or more neighbours."""

    def __init__(self):
        self.tree = BallTree(numpy.radians(numpy.array(bureaus)[:, :2]), metric="haversine", leaf_size=20)
        self.machines = [[] for _ in bureaus]
        self.certificates = [[] for _ in bureaus]
        for bureau, process, bits, *sides in machines:
            self.machines[int(bureau)].append((int(process), int(bits), *sides))
        for bureau, *certificate in certificates:
            self.certificates[int(bureau)].append(tuple(map(int, certificate)))

    def nearest(self, request, first):
        """Begins with so many neighbours."""
        latitude, longitude, *kind, scheme, day = request
        kind = (int(kind[0]), 1 << int(kind[1]), *kind[2:], int(scheme), int(day))
        start = time.perf_counter()
        point = numpy.radians([[latitude, longitude]])
        count, seen = first, 0
        while seen < len(bureaus):
            found = self.tree.query(point, k=min(count, len(bureaus)), return_distance=False)[0]
            for bureau in found[seen:].tolist():
                if self.is_qualified(bureau, *kind):
                    return time.perf_counter() - start, bureau
            seen, count = len(found), count * 4
        return time.perf_counter() - start, -1

    def is_qualified(self, bureau, process, bit, s1, s2, s3, scheme, day):
        for held, valid_from, valid_until in self.certificates[bureau]:
            if held == scheme and valid_from <= day <= valid_until:
                break
        else:
            return False
        for has, bits, x, y, z in self.machines[bureau]:
            if has == process and bits & bit and x >= s1 and y >= s2 and z >= s3:
                return True
        return False


def materials(bits):
    return [material for material in range(64) if int(bits) >> material & 1]


def vectors(places):
    latitudes, longitudes = numpy.radians(places).T
    return numpy.stack(
        [numpy.cos(latitudes) * numpy.cos(longitudes), numpy.cos(latitudes) * numpy.sin(longitudes),
         numpy.sin(latitudes)], axis=1)


server = PostGIS()
try:
    tree = Tree()
    print(json.dumps({"bare": server.bare()}), flush=True)
    for line in sys.stdin:
        which, share = line.split()
        answers = [
            server.nearest(request) if which == "postgis" else tree.nearest(request, 128 if share == "1" else 16)
            for request in requests[share]]
        print(json.dumps({
            "seconds": statistics.median(seconds for seconds, _ in answers),
            "bureaus": [bureau for _, bureau in answers]}), flush=True)
finally:
    server.stop()
