package cmdline

import (
	"context"
	"net"

	"github.com/spf13/cobra"
)

// A context of its own beside the command has somebody who ends it.
func lookUp(ctx context.Context, cmd *cobra.Command, host string) error {
	_, err := net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
	return err
}

// What the environment does for others is no command.
func (e *environment) lookUp(host string) error {
	_, err := net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
	return err
}
