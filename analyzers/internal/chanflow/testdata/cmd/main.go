// Command cmd is a program: nothing imports it, and what nothing calls never runs.
package main

import (
	"fmt"
	"sync"
)

type Job struct {
	Done chan struct{}
	once sync.Once
}

func (j *Job) Wait() {
	<-j.Done // want "[(][*]Job[)].start.1.1, or called"
}

// finish is called by nobody.
func (j *Job) finish() { close(j.Done) }

func (j *Job) start() {
	j.once.Do(func() {
		go func() {
			j.Done <- struct{}{} // want "Wait, started in .*start.1"
		}()
	})
}

// String is called by package fmt.
func (j *Job) String() string {
	j.start()
	return "job"
}

func main() {
	j := &Job{Done: make(chan struct{})}
	fmt.Println(j)
	j.Wait()
}
