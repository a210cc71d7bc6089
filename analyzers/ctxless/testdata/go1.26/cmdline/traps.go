// Package cmdline has the commands of a framework for command lines. They run once,
// and most of their contexts are given to nobody to end.
package cmdline

import (
	"context"
	"crypto/tls"
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"
)

// Root returns the command, which is executed without a context.
func Root(e *environment) *cobra.Command {
	return &cobra.Command{Run: slots, RunE: e.Inspect}
}

// The command has a name for nobody.
func slots(_ *cobra.Command, _ []string) {
	tree, err := workingTree() // want `^suspected: workingTree ends in exec.Command .* what it is the context of is not known`
	if err == nil {
		fmt.Println(tree)
	}
	named(nil, nil)
}

func named(cmd *cobra.Command, args []string) {
	out, _ := exec.Command("git", "status").Output() // want `^suspected: .* what it is the context of is not known`
	fmt.Println(string(out))
}

func workingTree() (string, error) {
	out, err := exec.Command("git", "rev-parse").Output()
	return string(out), err
}

// An environment is a context, of what runs for the command.
type environment struct {
	context.Context
	address string
}

// NewEnvironment has nobody's context.
func NewEnvironment(address string) *environment {
	return &environment{context.Background(), address}
}

func (e *environment) Inspect(cmd *cobra.Command, args []string) error {
	return inspect(e.address) // want `^suspected: inspect ends in tls.Dial .* what it is the context of is not known`
}

func inspect(address string) error {
	conn, err := tls.Dial("tcp", address, &tls.Config{})
	if err != nil {
		return err
	}
	return conn.Close()
}
