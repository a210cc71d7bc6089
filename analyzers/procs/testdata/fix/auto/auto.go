package auto

import (
	"fmt"

	_ "go.uber.org/automaxprocs" // want `likely: automaxprocs sets GOMAXPROCS once`
)

func start() { fmt.Println("serving") }
