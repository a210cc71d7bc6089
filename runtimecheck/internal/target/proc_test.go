package target

import "testing"

// A process of which nobody knows the number is not taken for number 0.
func TestProc(t *testing.T) {
	for want, p := range map[string]*Target{
		"/proc/12/task/13/stat":  {Kind: Process, PID: 12},
		"/proc/PID/task/13/stat": {Kind: Endpoint},
	} {
		if got := p.Proc("task", "13", "stat"); got != want {
			t.Errorf("a file of %s is %s, want %s", p.Kind, got, want)
		}
	}
}
