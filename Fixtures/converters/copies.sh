#!/bin/sh
# Makes of a file itself: --export-stl --output OUT IN.
exec cat "$4" > "$3"
