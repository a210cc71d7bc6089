// Command newer asks for newer defaults.

//go:debug default=go1.25
package main

import "go.uber.org/automaxprocs/maxprocs"

func main() { maxprocs.Set() } // want `likely: automaxprocs sets GOMAXPROCS once`
