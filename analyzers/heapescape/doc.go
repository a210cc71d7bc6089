// Package heapescape finds nothing yet.
//
// To be written.
package heapescape
