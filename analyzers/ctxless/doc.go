// Package ctxless finds nothing yet.
//
// To be written.
package ctxless
