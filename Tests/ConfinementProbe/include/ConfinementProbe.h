#ifndef EVERPART_CONFINEMENT_PROBE_H
#define EVERPART_CONFINEMENT_PROBE_H

// For tests alone: what the kernel says to a process that has confined itself as a worker does.

struct everpart_probed_call {
  const char *name;
  // The errno of the call, 0 when it went through.
  int fault;
};

// Confines a child of this process and tries in it, one after another, what a worker is not to have. Each
// call is such that without the filter it goes through or fails with something else than EPERM.
// Returns how many were tried, of at most as many; -1 when the child was not confined or died.
int everpart_probe_confinement(struct everpart_probed_call calls[], int most);

#endif
