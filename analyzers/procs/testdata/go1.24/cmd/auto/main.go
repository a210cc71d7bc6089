// Command auto has no better way.
package main

import _ "go.uber.org/automaxprocs"

func main() {}
