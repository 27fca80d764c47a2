#!/bin/sh
# Makes the binary STL files from their sources. OpenSCAD 2021.01; about two minutes.
set -e
cd "$(dirname "$0")"
for part in leg-cap door-stop nozzle-adapter; do
  openscad -q -o "$part.stl" --export-format binstl "$part.scad"
done
