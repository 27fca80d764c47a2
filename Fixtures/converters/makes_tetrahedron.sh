#!/bin/sh
# Makes a closed mesh of four facets, 10 x 20 x 30 mm.
exec cat > "$3" <<'STL'
solid
facet normal 0 0 0 outer loop vertex 0 0 0 vertex 0 20 0 vertex 10 0 0 endloop endfacet
facet normal 0 0 0 outer loop vertex 0 0 0 vertex 10 0 0 vertex 0 0 30 endloop endfacet
facet normal 0 0 0 outer loop vertex 0 0 0 vertex 0 0 30 vertex 0 20 0 endloop endfacet
facet normal 0 0 0 outer loop vertex 10 0 0 vertex 0 20 0 vertex 0 0 30 endloop endfacet
endsolid
STL
