// Package cobra is what the fixtures need of the library by that name.
package cobra

type Command struct {
	Use  string
	RunE func(cmd *Command, args []string) error
}
