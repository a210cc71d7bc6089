// Package work starts goroutines for callers in other packages.
package work

type Job struct{ ID int }

func Start(j Job) { // want Start:`spawns: example.com/m/work.Start`
	go run(j)
}

func run(Job) {}

// Go is a go statement in other words.
func Go(f func()) { // want Go:"launches 0"
	go f()
}

// Throttle is a semaphore.
type Throttle struct{ ch chan struct{} }

func (t *Throttle) Do()   { t.ch <- struct{}{} } // want Do:"slots"
func (t *Throttle) Done() { <-t.ch }             // want Done:"slots"
