// Package sub hands out clients. It is where golangci-lint may be run, too.
package sub

import "example.com/module/deep"

// Client returns one.
func Client() deep.Client { return deep.Client{} }
