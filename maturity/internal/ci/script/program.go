package script

import "github.com/lagvet/lagvet/analyzers/pattern"

var versioned = pattern.New(`-v\d+\.\d+\.\d+[\w.-]*$`)

// Unversioned returns the name of a program without the version under which tools such as
// bingo install it: golangci-lint-v2.1.6 is golangci-lint.
func Unversioned(name string) string { return versioned.Regexp().ReplaceAllString(name, "") }
