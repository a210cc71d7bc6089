// Package tickerleak finds nothing yet.
//
// To be written.
package tickerleak
