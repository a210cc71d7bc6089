// Package sqlite stands for a driver of a database that is part of the program.
package sqlite

type Driver struct{}
