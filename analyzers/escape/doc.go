// Package escape runs the compiler for its escape diagnostics and reads them. (to be written)
package escape
