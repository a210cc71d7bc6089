//go:build !linux

package prove

import "context"

// An isolation takes the network away from commands; here it cannot.
type isolation struct{ network string }

func (isolation) off() bool { return false }

func isolate(context.Context) isolation {
	return isolation{network: "on: only Linux has namespaces for networks"}
}

func (isolation) wrap(argv []string) []string { return argv }
