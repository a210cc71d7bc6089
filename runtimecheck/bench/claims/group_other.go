//go:build !unix

package claims

import "os/exec"

// ownGroup leaves cmd as it is: what it starts ends by the context of the bench.
func ownGroup(*exec.Cmd) {}
