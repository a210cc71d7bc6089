package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
	"time"
)

// childMode is the variable that makes this test binary a child process, which does what
// the variable says.
const childMode = "LAGVET_CLAIMS_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childMode) {
	case "":
		os.Exit(m.Run())
	case "measure":
		if err := Child(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "panic":
		go func() { panic("a planted panic") }()
		select {}
	case "fatal":
		m := make(map[int]int)
		for range 2 {
			go func() {
				for {
					m[0]++ // the runtime ends a program that does this
				}
			}()
		}
		select {}
	case "exit":
		fmt.Fprintln(os.Stderr, "first line\nlast words")
		os.Exit(7)
	case "kill":
		p, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = p.Kill()
		}
		fmt.Fprintln(os.Stderr, err)
		select {}
	case "hang":
		time.Sleep(time.Hour)
	case "half":
		fmt.Print(`{"measurement":{"arms":[`)
	case "nothing":
		fmt.Print(`{}`)
	case "environment":
		if err := json.NewEncoder(os.Stdout).Encode(answer{Measurement: &Measurement{Notes: os.Environ()}}); err != nil {
			panic(err)
		}
	}
}

// child returns a supervisor whose children do what mode says.
func child(t *testing.T, mode string, size Size) Supervisor {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(childMode, mode)
	return Supervisor{Command: []string{exe}, Size: size}
}

// tiny is a size with which each bench does its work, and can tell nothing.
func tiny() Size { return Size{Time: 40 * time.Millisecond, Rounds: 2, Anyway: true} }

// Each bench of this machine runs in a child, and all its arms have done work in each
// round, and have readings of each condition.
func TestBenches(t *testing.T) {
	s := child(t, "measure", tiny())
	s.Grace = 5 * time.Minute // for a machine with much else to do
	for _, c := range All() {
		t.Run(c.ID, func(t *testing.T) {
			m, err := s.measure(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if m.NotHere != "" {
				t.Logf("not measurable here: %s", m.NotHere)
				return
			}
			checkReadings(t, m)
			r := Judge(c, m, time.Second)
			if r.Verdict == Broken || len(r.Findings) != len(c.Holds) {
				t.Errorf("%s: %s", r.Verdict, r.Reason)
			}
		})
	}
}

func checkReadings(t *testing.T, m *Measurement) {
	t.Helper()
	if len(m.Arms) == 0 || m.Overhead == nil || m.Overhead.Loop <= 0 || m.Overhead.Stamp <= 0 {
		t.Errorf("%d arms, overhead %+v", len(m.Arms), m.Overhead)
	}
	for _, a := range m.Arms {
		if len(a.Ops) != tiny().Rounds {
			t.Errorf("%s: %d rounds, want %d", a.Name, len(a.Ops), tiny().Rounds)
		}
		for _, n := range a.Ops {
			if n < 1 {
				t.Errorf("%s did %d operations in a round", a.Name, n)
			}
		}
		for _, r := range a.Readings {
			if len(r.Values) != len(a.Ops) {
				t.Errorf("%s: %d readings in %s of %d rounds", a.Name, len(r.Values), r.Unit, len(a.Ops))
			}
			for _, v := range r.Values {
				if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %v %s", a.Name, v, r.Unit)
				}
			}
		}
	}
}
