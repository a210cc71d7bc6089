// Package work starts goroutines for callers in other packages.
package work

type Job struct{ ID int }

func Start(j Job) {
	go run(j)
}

func run(Job) {}

// Go is a go statement in other words.
func Go(f func()) {
	go f()
}

// Throttle is a semaphore.
type Throttle struct{ ch chan struct{} }

func (t *Throttle) Do()   { t.ch <- struct{}{} }
func (t *Throttle) Done() { <-t.ch }

// List sends what is in dir to out.
func List(dir string, out chan<- string) { out <- dir; close(out) }
