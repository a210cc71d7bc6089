// Package grouplimit finds the groups of goroutines that are given a limit.
//
// A group is a value of any type with a SetLimit method, as errgroup.Group has.
// It counts as limited if that is called on it anywhere, by itself or through
// helpers that are given it or return it, in this package or, by way of the
// fact [Limits], in another. A variable, field or parameter stands for its group.
package grouplimit
