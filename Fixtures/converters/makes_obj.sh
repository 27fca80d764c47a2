#!/bin/sh
# Makes a mesh, and not of the format that was asked for.
printf 'v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n' > "$3"
