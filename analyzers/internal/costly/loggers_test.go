package costly_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

func TestLogger(t *testing.T) {
	p := passtest.Load(t, `package p

import (
	"log"
	"log/slog"
)

type T struct{ name string }

type requestLog struct{ *log.Logger }

func (T) Error() string     { return "" }
func (T) Print(string)      {}
func (requestLog) Warn(any) {}
func (requestLog) Close()   {}

func f(t T, r *requestLog, s *slog.Logger) {
	log.Printf("a")
	log.SetFlags(0)
	s.Info("b")
	s.With("c")
	s.Debug("d")
	r.Warn(1)
	r.Printf("e")
	r.Close()
	t.Print(t.Error())
}
`)
	want := map[string]bool{
		"log.Printf":                      true,
		"(*log/slog.Logger).Info":         true,
		"(*log/slog.Logger).Debug":        true,
		"(example.com/p.requestLog).Warn": true,
		"(*log.Logger).Printf":            true,
	}
	for _, k := range p.Func(t, "f").Out {
		name := k.Func.FullName()
		if got := costly.Logger(k.Func); got != want[name] {
			t.Errorf("%s is a logger's: %t", name, got)
		}
		if got := costly.Quiet(k.Func); got != (k.Func.Name() == "Debug") {
			t.Errorf("%s is off as a rule: %t", name, got)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s is not called", name)
	}
}
