#!/bin/sh
# Waits for ever.
exec sleep 1000000
