package checks

import "testing"

func TestFatal(t *testing.T) {
	done := make(chan struct{})
	go func() { // want `^SA2002 proven: the goroutine calls T.Fatal, which must be called in the same goroutine as the test`
		defer close(done)
		t.Fatal("never ends the test")
	}()
	<-done
	go func() {
		t.Error("is said")
	}()
	t.Fatal("ends the test")
}

// What tests do is no business of the others.
func TestCopies(t *testing.T) {
	var s server
	u := s
	_ = u.pool
	s.pool.Put([]byte{1})
}

// What fails stands in another function than the goroutine that it fails in.
func TestHelper(t *testing.T) {
	go must(t) // want `^SA2002 proven: the goroutine calls T.FailNow, which must be called in the same goroutine as the test`
}

func must(t *testing.T) {
	if t.Name() == "" {
		t.FailNow()
	}
}
