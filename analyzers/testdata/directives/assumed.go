package directives

import (
	"os"
	"sync"
	"time"
)

var mu sync.Mutex

//lagvet:assume none -- it is said to be quick
func Naps() { time.Sleep(time.Second) }

//lagvet:assume none -- it sleeps only where somebody asks for it
func MayNap(long bool) {
	if long {
		time.Sleep(time.Second)
	}
}

//lagvet:assume none -- the file system is in memory
func Looks(name string) { os.Stat(name) }

//lagvet:assume sleep -- nothing is left out
func Admits() { time.Sleep(time.Second) }

// Whether it waits depends on others: that is what assumptions are for.
//
//lagvet:assume none -- nobody else has the lock
func Locks() {
	mu.Lock()
	defer mu.Unlock()
}

// What happens only on the way out is not held against it.
//
//lagvet:assume none -- it does not fail
func Fails(bad bool) {
	if bad {
		time.Sleep(time.Second)
		panic("bad")
	}
}

// Statement has one that is wrong and one that is right.
func Statement(c chan int) {
	//lagvet:assume none -- it is short
	time.Sleep(time.Second)
	c <- 1 //lagvet:assume none -- there is room
}
