// Package hotdefer finds nothing yet.
//
// To be written.
package hotdefer
