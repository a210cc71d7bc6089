package claims

func numaClaims() []Claim {
	return []Claim{{
		ID:        "numa.local",
		Technique: "a process kept on one NUMA node, with GOMAXPROCS of that node",
		Says:      "from 82,000 to 147,000 transactions a second; memory of another node takes 300 instead of 60 ns",
		Holds:     []Condition{more("memory of another node", "memory of its own node", "ns/op", 300.0/60)},
		Why:       "a cache miss that another node has to answer crosses the link between them; what is measured here is the second figure, a walk through memory that no cache holds",
		Do:        "numactl --cpunodebind=N --membind=N, or a cpuset of one node, and GOMAXPROCS of its CPUs; lagvet doctor --pid --only numa shows where a process has its memory",
		bench:     benchNUMA,
	}}
}
