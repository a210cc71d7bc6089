// Package cobra is as much of the framework for command lines as the fixtures use.
package cobra

import "context"

type Command struct {
	Run  func(cmd *Command, args []string)
	RunE func(cmd *Command, args []string) error

	ctx context.Context
}

func (c *Command) Context() context.Context { return c.ctx }
func (c *Command) Execute() error           { return nil }
