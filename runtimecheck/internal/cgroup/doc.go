// Package cgroup probes what the control groups of a process allow it, and how often
// they held it back.
//
// A limit holds for all groups below the one it is set on, so what counts is the
// tightest on the way from the group of the process to the root: see [Find]. Where the
// groups lie is read from /proc/PID/cgroup and mountinfo, since their place differs
// between cgroup v1 (a tree for each controller), v2 (one for all) and hybrids, and is
// another one inside of containers, see cgroups(7).
//
// A container mostly sees its own group as the root. That there are groups above is
// then known (only the true root lacks cgroup.events, and has release_agent in v1), what
// they allow is not: a limit is then at best what is seen.
//
// What is looked at is the group of the first thread. Threads can be in groups of their
// own (threaded groups of v2, tasks of v1); hardly anybody moves those of a Go program,
// which cannot say which thread runs what.
package cgroup
