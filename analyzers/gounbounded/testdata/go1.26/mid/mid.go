// Package mid stands between those who start goroutines and those who are asked to.
package mid

import (
	"golang.org/x/sync/errgroup"

	"example.com/m/work"
)

func Submit(j work.Job) { work.Start(j) }

// Map starts one goroutine per item.
func Map[T any](items []T, f func(T)) {
	for _, it := range items {
		go f(it) // want `suspected: one goroutine per element`
	}
}

func Limited() *errgroup.Group {
	g := new(errgroup.Group)
	g.SetLimit(4)
	return g
}

func Limit(g *errgroup.Group) { g.SetLimit(4) }
