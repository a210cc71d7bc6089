// Package other is pulled from.
package other

func inner() int { return 1 }

var _ = inner
