// Command tool has a test that polls.
package main

var ready bool

func main() { ready = true }
