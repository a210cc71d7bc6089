// Package gomaxprocs probes how many threads of a program run Go code at once, against
// what the machine lets them: the CPUs of the mask, the CPU time that cgroups allow,
// and the cores that hyper-threads share.
//
// The number in force is a metric of the runtime. From outside, and without an endpoint
// to ask, there is only the environment, which says what was asked for: a program may
// call runtime.GOMAXPROCS later.
//
// Since Go 1.25 the runtime chooses the least of the CPUs and of the quota of its own
// cgroup, rounded up and not below 2, and follows both as they change, unless somebody
// sets the number, or the main module's go.mod says go 1.24 or less. A quota of a group
// further up that is tighter it does not see (golang/go#81180); here the tightest one
// counts.
package gomaxprocs
