// Package lifetimes to be written.
package lifetimes
