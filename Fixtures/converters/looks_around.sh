#!/bin/sh
# Tells what it can see, of what the file names, reach and change. It may start nothing else, so the shell does all of it.
exec > "$3" 2> /dev/null
echo root: /*
while read -r path; do
  [ -e "$path" ] && echo sees: $path
done < "$4"
set -- /proc/[0-9]*
echo processes: $#
read -r variables < /proc/self/environ
echo environment: ${variables:-none}
for path in /usr /job /opt /; do echo > $path/x && echo changes: $path; done
networks=0
while read -r line; do
  case $line in *:*) networks=$((networks + 1)) ;; esac
done < /proc/net/dev
[ $networks = 1 ] && echo network: alone
while read -r name value; do
  case $name$value in
  CapEff:0000000000000000 | CapPrm:0000000000000000) ;;
  CapEff:* | CapPrm:*) echo capable: $value ;;
  NoNewPrivs:1) echo no new privileges ;;
  Seccomp:2) echo filtered ;;
  esac
done < /proc/self/status
read -r dumped < /proc/self/coredump_filter
echo dumped: $dumped
echo end
