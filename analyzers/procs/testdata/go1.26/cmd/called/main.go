// Command called says when.
package main

import (
	"log"

	"go.uber.org/automaxprocs/maxprocs"
)

func main() {
	undo, err := maxprocs.Set() // want `likely: automaxprocs sets GOMAXPROCS once`
	if err != nil {
		log.Print(err)
	}
	defer undo()
}
