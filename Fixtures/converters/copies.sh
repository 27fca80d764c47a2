#!/bin/sh
# Makes of a file itself: --export-stl --output OUT IN.
cat "$4" > "$3"
