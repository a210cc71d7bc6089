// Package automaxprocs sets GOMAXPROCS.
package automaxprocs
