package evidence

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

func TestKinds(t *testing.T) {
	const lock, unlock = "sync.(*Mutex).Lock:46+45 main.F:2+1", "sync.(*Mutex).Unlock:65+64 main.F:2+1"
	for _, tt := range []struct {
		name   string
		types  []string
		stacks []string
		want   []kind
		err    string
	}{
		{"CPU", cpuTypes, []string{"main.F:2+1"}, []kind{cpu}, ""},
		{"heap", heapTypes, []string{"main.F:2+1"}, []kind{alloc, inuse}, ""},
		{"block", delayTypes, []string{lock, "runtime.chanrecv1:2+1 main.F:2+1", "main.Unlock:2+1"}, []kind{block}, ""},
		{"mutex", delayTypes, []string{unlock, "internal/sync.(*Mutex).unlockSlow:65+64 sync.(*Mutex).Unlock:5+4", "sync.(*RWMutex).RUnlock:5+4", "runtime._LostContendedRuntimeLock:5+5"}, []kind{mutex}, ""},
		{"mutex of the runtime", delayTypes, []string{"runtime.unlock:2+1 runtime.schedule:2+1", unlock}, []kind{mutex}, ""},
		{"more waiting than unlocking", delayTypes, []string{lock, lock, unlock}, []kind{block}, ""},
		{"neither", delayTypes, nil, []kind{block}, ""},
		{"goroutines", goroutineTypes, []string{"main.F:2+1"}, []kind{goroutine}, ""},
		{"leaked goroutines", []string{"goroutineleak/count"}, []string{"main.F:2+1"}, []kind{leak}, ""},
		{"threads", []string{"threadcreate/count"}, []string{"main.F:2+1"}, nil, "it measures threadcreate, which says nothing of a finding"},
		{"wall clock", []string{"samples/count", "time/nanoseconds"}, []string{"main.F:2+1"}, nil, "it measures samples and time, which"},
		{"another unit", []string{"cpu/cycles"}, []string{"main.F:2+1"}, nil, "it measures cpu, which"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stacks []stack
			for _, frames := range tt.stacks {
				stacks = append(stacks, stack{slices.Repeat([]int64{1}, len(tt.types)), frames})
			}
			var b bytes.Buffer
			if err := made(t, tt.types, stacks...).Write(&b); err != nil {
				t.Fatal(err)
			}
			s, err := read("x", &b)
			if err != nil || tt.err != "" {
				if err == nil || tt.err == "" || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q", err, tt.err)
				}
				return
			}
			var got []kind
			for _, m := range s.meters {
				got = append(got, m.kind)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("kinds %q, want %q", got, tt.want)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	var whole bytes.Buffer
	if err := made(t, cpuTypes, stack{[]int64{1, 1}, "main.F:2+1"}).Write(&whole); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ data, want string }{
		"empty":          {"", "it is empty"},
		"text":           {"goroutine profile: total 7\n1 @ 0x1\n", "leave out debug="},
		"text of stacks": {"goroutine 1 [running]:\nmain.main()\n", "leave out debug="},
		"something else": {"package main\n", "neither a profile in pprof's format nor an execution trace"},
		"cut off":        {whole.String()[:whole.Len()-9], "uncompressing it"},
		"no gzip":        {"\x1f\x8b", "uncompressing it"},
		"old trace":      {"go 1.21 trace\x00\x00\x00", "of Go 1.21: traces can be read since Go 1.22"},
		"future trace":   {"go 1.99 trace\x00\x00\x00", "of a newer Go"},
		"no trace":       {"go 1.x", "neither a profile"},
		"damaged trace":  {"go 1.26 trace\x00\x00\x00\xff\xff\xff", "cannot be read"},
	} {
		if _, err := read("x", strings.NewReader(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
	if _, err := Open(t.TempDir(), []string{"missing.pprof"}, ""); err == nil || !strings.Contains(err.Error(), "missing.pprof") {
		t.Errorf("a file that is missing: %v", err)
	}
}

// A small file may hold a large one.
func TestTooLarge(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, 3<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int64]string{2 << 20: "it holds more than 2 MB", 3 << 20: ""} {
		data, err := uncompressed(bufio.NewReader(bytes.NewReader(b.Bytes())), most)
		if want == "" && (err != nil || len(data) != 3<<20) || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("at most %d: %d bytes, error %v", most, len(data), err)
		}
	}
}

// A profile may name nothing for an address.
func TestUnsymbolised(t *testing.T) {
	raw := made(t, delayTypes, stack{[]int64{1, 1}, "main.F:2+1"})
	raw.Sample[0].Location = append([]*profile.Location{{ID: 2, Mapping: raw.Mapping[0], Address: 7}}, raw.Sample[0].Location...)
	raw.Location = append(raw.Location, raw.Sample[0].Location[0])
	if s := sourceOf(t, "x", raw); s.meters[0].total == 0 {
		t.Error("nothing is measured")
	}
}

func TestText(t *testing.T) {
	for n, want := range map[float64]string{2.5e9: "2.5 GB", 31e6: "31 MB", 4100: "4.1 kB", 12: "12 bytes", 0.5: "0.5 bytes"} {
		if got := scaled(n, sizes); got != want {
			t.Errorf("%v bytes are %q, want %q", n, got, want)
		}
	}
	for n, want := range map[float64]string{123: "123 s", 0.42: "420 ms", 2.9e-5: "29 µs", 3e-9: "3 ns"} {
		if got := scaled(n, seconds); got != want {
			t.Errorf("%v s are %q, want %q", n, got, want)
		}
	}
	for share, want := range map[float64]string{0: "0 %", 0.00001: "less than 0.01 %", 0.0001: "0.01 %", 0.314: "31 %"} {
		if got := percent(share); got != want {
			t.Errorf("%v is %q, want %q", share, got, want)
		}
	}
}
