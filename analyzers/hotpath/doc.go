// Package hotpath tells which functions are hot, and who says so. (to be written)
package hotpath
