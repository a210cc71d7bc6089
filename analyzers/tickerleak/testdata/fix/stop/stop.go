package stop

import "time"

func work() error { return nil }

func ticker(done <-chan struct{}) {
	t := time.NewTicker(time.Second) // every second // want `proven: ticker is not stopped on some path`
	for {
		select {
		case <-t.C:
			_ = work()
		case <-done:
			return
		}
	}
}

func branch(d time.Duration) {
	if d > 0 {
		tick := time.NewTicker(d) // want `proven: ticker is not stopped on some path`
		<-tick.C
	}
}

func partly(done <-chan struct{}) {
	var t *time.Ticker
	t = time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path`
	select {
	case <-t.C:
		t.Stop()
	case <-done:
	}
}

func tickRange() {
	n := 0
	for range time.Tick(3 * time.Second) { // want `proven: time.Tick has no Stop`
		if n++; n > 3 {
			return
		}
	}
}

func tickAssigned(done <-chan struct{}) {
	c := time.Tick(time.Second) // want `proven: time.Tick has no Stop`
	for {
		select {
		case <-c:
		case <-done:
			return
		}
	}
}

// Tick takes what NewTicker panics at: not mechanical.
func tickUnknown(d time.Duration, done <-chan struct{}) {
	c := time.Tick(d) // want `proven: time.Tick has no Stop`
	select {
	case <-c:
	case <-done:
	}
}

// The name is taken: not mechanical.
func tickNamed(ticker int) {
	c := time.Tick(time.Second) // want `proven: time.Tick has no Stop`
	<-c
	_ = ticker
}

// In a loop the deferred calls would pile up.
func loop(items []int) {
	for range items {
		t := time.NewTicker(time.Second) // want `proven: ticker is replaced|proven: ticker is not stopped`
		<-t.C
	}
}

// The goroutine needs it for longer than the function.
func spawned(done <-chan struct{}) {
	t := time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path`
	go func() {
		select {
		case <-t.C:
		case <-done:
		}
	}()
}

func timer(done <-chan struct{}) {
	t := time.NewTimer(time.Hour) // want `likely: timer is not stopped on some path`
	select {
	case <-t.C:
	case <-done:
	}
}
