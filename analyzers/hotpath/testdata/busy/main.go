// Command busy burns CPU time in functions of every kind and writes a profile
// of that to the file it is given.
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/pprof"

	"example.com/busy/jobs"
)

var sink uint64

func main() {
	f, err := os.Create(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	runtime.SetCPUProfileRate(500) // StartCPUProfile keeps it, and complains
	if err := pprof.StartCPUProfile(f); err != nil {
		log.Fatal(err)
	}
	drive(30)
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

// drive has all the time and does none of the work.
func drive(n int) {
	for range n {
		step()
	}
}

func step() {
	var t jobs.Table
	lookup := t.Lookup // called through a wrapper
	sink += lookup(1)
	sink += jobs.Sum(uint32(3))
	sink += jobs.Sum(uint64(3))
	sink += jobs.Adder(5)(7) // inlined here, with its literal
	sink += jobs.Total(&t)
	sink += jobs.Mix(9)
	if err := jobs.Checked(11); err != nil {
		sink++
	}
	func() {
		for i := range uint64(jobs.Rounds) {
			sink ^= i * i
		}
	}()
}

// idle is never called.
func idle() { step() }
