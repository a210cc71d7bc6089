package traps

import (
	"runtime"
	"testing"
)

func TestParallel(t *testing.T) { defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4)) }
