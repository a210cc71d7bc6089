// Package cobra stands in for the library of that name.
package cobra

type Command struct {
	Use  string
	RunE func(cmd *Command, args []string) error
}
