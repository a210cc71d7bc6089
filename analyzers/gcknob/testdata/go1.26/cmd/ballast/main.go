// Command ballast has memory that nobody uses.
package main

import "runtime"

type config struct{ BallastBytes int }

var ballast = make([]byte, 1<<30) // want `likely: memory that nobody uses makes the collector run less often`

var reserve []byte

func main() {
	local := make([]byte, 512<<20) // want `likely: memory that nobody uses`
	defer runtime.KeepAlive(local)

	var typed []uint64
	typed = make([]uint64, 1<<27) // want `likely: memory that nobody uses`
	_ = typed
	runtime.KeepAlive(typed)

	configured(&config{1 << 30})
	reserve = make([]byte, 256<<20) // want `likely: memory that nobody uses`
	serve()
}

func configured(c *config) {
	bytes := make([]byte, c.BallastBytes) // want `likely: memory that nobody uses`
	runtime.KeepAlive(bytes)
}

func serve() {}
