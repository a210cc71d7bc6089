// Package check is the check command: it reads the configuration, has the engine
// find what there is to find, lets the policy judge it, applies fixes and prints
// the report. Everything it does is somebody else's work; the order is its own.
package check
