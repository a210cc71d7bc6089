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

// Scans are those that run.
var Scans = new(Running)

// Running knows what runs, by name.
type Running struct{ names []string }

// Add returns false if the name is there already.
func (r *Running) Add(name string) bool {
	for _, n := range r.names {
		if n == name {
			return false
		}
	}
	r.names = append(r.names, name)
	return true
}

// Remove reports whether the name was there.
func (r *Running) Remove(name string) bool { r.names = nil; return true }

// Has reports whether the name is there.
func (r *Running) Has(name string) bool { return len(r.names) > 0 && r.names[0] == name }

// Touch does something with what has the name.
func (r *Running) Touch(name string) {}

// guard lets only so many work at a time.
var guard = make(chan struct{}, 10)

// Notify works in a goroutine that waits for its turn.
func Notify(j Job) {
	go func() {
		guard <- struct{}{}
		defer func() { <-guard }()
		run(j)
	}()
}
