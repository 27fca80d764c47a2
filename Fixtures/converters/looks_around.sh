#!/bin/sh
# Tells what it can see, reach and change.
exec > "$3" 2> /dev/null
echo root: /*
echo environment: $(env | grep -v '^PWD=\|^SHLVL=\|^_=\|^OLDPWD=' | wc -l)
echo descriptors: $(ls /proc/self/fd | wc -l)
echo processes: $(ls -d /proc/[0-9]* | wc -l)
echo share: $(ls /usr/share | wc -l)
own=/$(echo "$0" | cut -d/ -f2)
for path in /etc/passwd /root /home /work /var /sys /run /mnt; do
  [ -e "$path" ] && [ "$path" != "$own" ] && echo sees: $path
done
echo own: $(find "$own" -type f)
for path in /usr /job /opt /; do touch $path/x && echo changes: $path; done
[ "$(cat /proc/net/dev | grep -c :)" = 1 ] && echo network: alone
grep '^Cap\(Eff\|Prm\)' /proc/self/status | grep -v 0000000000000000 && echo capable
grep -q '^NoNewPrivs:.1' /proc/self/status && echo no new privileges
grep -q '^Seccomp:.2' /proc/self/status && echo filtered
unshare -r true && echo makes namespaces
echo end
