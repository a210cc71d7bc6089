// Package gounbounded finds nothing yet.
//
// To be written.
package gounbounded
