//go:build !race

package effects

const raced = false
