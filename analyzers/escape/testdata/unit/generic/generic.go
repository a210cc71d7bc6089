// Package generic instantiates its own code and the standard library's.
package generic

import "slices"

var sink any

func Box[T any](v T) { sink = v }

type Point struct{ X, Y int }

func Use(p Point, q *Point, ps []Point) {
	Box(p)
	Box(q)
	slices.SortFunc(ps, func(a, b Point) int { return a.X - b.X })
}
