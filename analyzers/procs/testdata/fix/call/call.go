package call

import (
	"fmt"
	"runtime"
)

func start() {
	runtime.GOMAXPROCS(runtime.NumCPU()) // want `likely: GOMAXPROCS of the machine's CPUs`
	fmt.Println("serving")
}
