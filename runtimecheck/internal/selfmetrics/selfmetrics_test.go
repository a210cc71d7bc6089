package selfmetrics

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestRead(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(73))
	runtime.GC()
	const (
		gogc   = "/gc/gogc:percent"
		total  = "/cpu/classes/total:cpu-seconds"
		pauses = "/sched/pauses/total/gc:seconds"
		none   = "/no/such:things"
	)
	got, err := Metrics{}.Read(t.Context(), gogc, total, pauses, none)
	if err != nil {
		t.Fatal(err)
	}
	if n := got[gogc].Number; n != 73 {
		t.Errorf("GOGC is %v, it was set to 73", n)
	}
	if n := got[total].Number; n <= 0 {
		t.Errorf("the CPU time at the end of a collection is %v", n)
	}
	h := got[pauses].Histogram
	if h == nil {
		t.Fatal("there is no histogram of pauses")
	}
	var sum uint64
	for _, n := range h.Counts {
		sum += n
	}
	if sum == 0 {
		t.Error("a collection did not pause")
	}
	if _, ok := got[none]; ok {
		t.Error("there is a metric that the runtime does not have")
	}
}
