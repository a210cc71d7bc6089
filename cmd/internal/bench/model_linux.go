package bench

import "github.com/prometheus/procfs"

// model returns what the kernel calls the CPU, and "" where it does not say.
func model() string {
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return ""
	}
	cpus, err := proc.CPUInfo()
	if err != nil || len(cpus) == 0 {
		return ""
	}
	return cpus[0].ModelName
}
