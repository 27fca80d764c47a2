#!/bin/sh
# Says that it has done its work, and has done none.
exit 0
