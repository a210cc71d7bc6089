// Package sub is where golangci-lint may be run, too.
package sub
