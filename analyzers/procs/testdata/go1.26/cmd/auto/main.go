// Command auto imports it for its effect.
package main

import (
	"fmt"

	_ "go.uber.org/automaxprocs" // want `likely: automaxprocs sets GOMAXPROCS once, to the CPU limit rounded down`
)

func main() { fmt.Println("serving") }
