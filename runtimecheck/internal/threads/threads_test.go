package threads

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

const two = `
-- proc/12/task/12/status --
Name:	app
Cpus_allowed:	ff
Cpus_allowed_list:	0-7
-- proc/12/task/13/status --
Cpus_allowed_list:	3
Mems_allowed_list:	0
`

const online = `
-- sys/devices/system/cpu/online --
0-3
`

func TestOf(t *testing.T) {
	for name, tt := range map[string]struct {
		files  []string
		kernel fixture.Kernel
		want   string
		err    error
	}{
		"by the kernel":           {[]string{two}, fixture.Kernel{Affinities: map[int][]int{12: {0, 1}, 13: {1}}}, "12:0-1 13:1", nil},
		"by the status":           {[]string{two}, fixture.Kernel{}, "12:0-7 13:3", nil},
		"CPUs that are not there": {[]string{two, online}, fixture.Kernel{}, "12:0-3 13:3", nil},
		"not permitted to ask":    {[]string{two}, fixture.Kernel{Err: syscall.EPERM}, "12:0-7 13:3", nil},
		"one ends":                {[]string{two, "-- proc/12/task/14/ --\n"}, fixture.Kernel{}, "12:0-7 13:3", nil},
		"all end":                 {[]string{two}, fixture.Kernel{Err: syscall.ESRCH}, "", syscall.ESRCH},
		"no process":              {nil, fixture.Kernel{}, "", fs.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture.Tree(t, tt.files...)
			s.Kernel = tt.kernel
			all, err := Of(&target.Target{System: s, Kind: target.Process, PID: 12})
			var got []string
			for _, th := range all {
				got = append(got, string(rune('0'+th.ID/10))+string(rune('0'+th.ID%10))+":"+th.CPUs.String())
			}
			if strings.Join(got, " ") != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
}

func TestGarbled(t *testing.T) {
	for name, status := range map[string]string{
		"no line":       "Name:\tapp\n",
		"an empty list": "Cpus_allowed_list:\t\n",
		"a huge list":   "Cpus_allowed_list:\t0-18446744073709551615\n",
	} {
		s := fixture.Tree(t, "-- proc/12/task/12/status --\n"+status)
		if all, err := Of(&target.Target{System: s, Kind: target.Process, PID: 12}); err == nil {
			t.Errorf("%s is read as %v", name, all)
		}
	}
}

func TestWidest(t *testing.T) {
	a, b, c := Thread{CPUs: cpulist.List{3}}, Thread{CPUs: cpulist.List{0, 1}}, Thread{CPUs: cpulist.List{2, 3}}
	for want, all := range map[string][]Thread{
		"0-1":  {a, a, b},
		"2-3":  {a, b, c, c},
		"3":    {a},
		"none": nil,
	} {
		if got := Widest(all).String(); got != want {
			t.Errorf("the widest of %v is %s, want %s", all, got, want)
		}
	}
	if got := Widest([]Thread{c, b}).String(); got != "2-3" {
		t.Errorf("of two alike it is %s, want the first", got)
	}
}
