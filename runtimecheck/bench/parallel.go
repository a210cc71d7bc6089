package bench

import (
	"runtime"
	"sync"
	"testing"
)

// A PB is what a goroutine of [RunParallel] goes by.
type PB struct {
	*testing.PB
	recorder *recorder
}

// Op begins an operation.
func (pb *PB) Op() Op { return pb.recorder.op() }

// RunParallel is b.RunParallel with a meter: body is called in several goroutines, and
// wraps in each an operation between pb.Op and Done.
//
//	bench.RunParallel(b, func(pb *bench.PB) {
//		for pb.Next() {
//			op := pb.Op()
//			cache.Get(key)
//			op.Done()
//		}
//	})
//
// What all of them have recorded is one distribution. Each goroutine has a histogram, made
// beforehand for as many as there are CPUs; b.SetParallelism has more made in the time that
// is measured.
func RunParallel(b *testing.B, body func(*PB)) {
	b.Helper()
	m := start(b)
	s := shares{free: make([]*recorder, runtime.GOMAXPROCS(0))}
	for i := range s.free {
		s.free[i] = newRecorder()
	}
	m.begin()
	b.RunParallel(func(pb *testing.PB) {
		r := s.take()
		body(&PB{pb, r})
		s.done(r)
	})
	b.StopTimer()
	for _, r := range s.used {
		m.recorder.merge(r)
	}
	m.Stop()
}

// shares are the recorders of goroutines.
type shares struct {
	mu         sync.Mutex
	free, used []*recorder
}

func (s *shares) take() *recorder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		return newRecorder()
	}
	r := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return r
}

func (s *shares) done(r *recorder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = append(s.used, r)
}
